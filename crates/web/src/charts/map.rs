//! The seventeen provinces as tiles, each about where it lies: our own drawing. A tile is as dark as its share of open
//! obligations; what is not known is hatched, so that nobody takes it for safe.

use std::fmt::Write;

use minijinja::State;
use minijinja::value::{Serde, Value};
use serde::Deserialize;

use super::bar::share;
use super::escaped;
use crate::render::language;
use crate::visitor::Language;

/// One province: its number as the national code lists them, and how its institutions stand: at least so many, nothing
/// where a group is too small to be told.
#[derive(Debug, Deserialize)]
pub(super) struct Tile {
    province: u8,
    open: Option<u64>,
    unknown: Option<u64>,
    all: Option<u64>,
}

/// Column and row of each province, and what it is called.
const PLACES: [(u8, u8, &str, &str); 17] = [
    (1, 1, "서울", "Seoul"),
    (4, 5, "부산", "Busan"),
    (3, 4, "대구", "Daegu"),
    (0, 1, "인천", "Incheon"),
    (1, 5, "광주", "Gwangju"),
    (1, 4, "대전", "Daejeon"),
    (4, 4, "울산", "Ulsan"),
    (1, 3, "세종", "Sejong"),
    (1, 2, "경기", "Gyeonggi"),
    (2, 1, "강원", "Gangwon"),
    (2, 3, "충북", "Chungbuk"),
    (0, 3, "충남", "Chungnam"),
    (0, 4, "전북", "Jeonbuk"),
    (0, 5, "전남", "Jeonnam"),
    (3, 3, "경북", "Gyeongbuk"),
    (3, 5, "경남", "Gyeongnam"),
    (0, 6, "제주", "Jeju"),
];

const SIDE: u32 = 76;

/// Draws the map.
pub(super) fn draw(state: &State<'_, '_>, title: &str, Serde(tiles): Serde<Vec<Tile>>) -> Value {
    let korean = language(state) == Language::Korean;
    let mut svg = format!(
        "<svg class=\"tiles\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{2}\"><title>{2}</title>\
         <defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern></defs>",
        5 * SIDE,
        6 * SIDE,
        escaped(title)
    );
    for (number, (column, row, in_korean, in_english)) in (1..).zip(PLACES) {
        let name = if korean { in_korean } else { in_english };
        let tile = tiles.iter().find(|tile| tile.province == number);
        let (x, y) = (u32::from(column) * SIDE, u32::from(row) * SIDE - SIDE);
        let (class, said) = told(tile);
        let _ = write!(
            svg,
            "<g class=\"{class}\"><title>{name}: {said}</title><rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{2}\" rx=\"6\"/>",
            x + 2,
            y + 2,
            SIDE - 4
        );
        if class.contains("none") || class.contains("hidden") {
            let _ = write!(
                svg,
                "<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{2}\" rx=\"6\" fill=\"url(#hatch)\" class=\"veil\"/>",
                x + 2,
                y + 2,
                SIDE - 4
            );
        }
        let _ = write!(
            svg,
            "<text class=\"place\" x=\"{0}\" y=\"{1}\">{name}</text><text class=\"figure\" x=\"{0}\" y=\"{2}\">{said}</text></g>",
            x + SIDE / 2,
            y + 32,
            y + 54
        );
    }
    svg.push_str("</svg>");
    Value::from_safe_string(svg)
}

/// Counts of a map are floors; none at all is none.
fn at_least(count: u64) -> String {
    if count == 0 { "0".to_owned() } else { format!("{count}+") }
}

/// How a tile looks and what stands in it: open of all.
fn told(tile: Option<&Tile>) -> (String, String) {
    match tile {
        None => ("tile tile-none".to_owned(), "·".to_owned()),
        Some(Tile { open: Some(open), all: Some(all), unknown, .. }) => {
            let step = match share(*open, *all) {
                _ if *open == 0 => 0,
                part if part < 0.05 => 1,
                part if part < 0.15 => 2,
                part if part < 0.4 => 3,
                _ => 4,
            };
            let unsure = unknown.is_none_or(|unknown| unknown > 0);
            (
                format!("tile tile-{step}{}", if unsure { " tile-unsure" } else { "" }),
                at_least(*open),
            )
        }
        // How many are open is too few to tell, but not how many nobody knows of.
        Some(Tile { unknown: Some(unknown), .. }) if *unknown > 0 => {
            ("tile tile-hidden tile-unsure".to_owned(), format!("?{}", at_least(*unknown)))
        }
        Some(_) => ("tile tile-hidden".to_owned(), "·".to_owned()),
    }
}
