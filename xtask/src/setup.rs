//! What the tests need from the machine, installed when that is possible.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A tool, its Debian package, how to see that it is there, and what is not tested without it.
type Tool = (&'static str, &'static str, fn(&str) -> bool, &'static str);

#[rustfmt::skip]
const TOOLS: [Tool; 7] = [
    ("dpkg",     "dpkg",       present,   "the Debian order against `dpkg --compare-versions`"),
    ("rpm",      "rpm",        present,   "the RPM order against rpm itself"),
    ("postgres", "postgresql", is_server, "the second engine against a PostgreSQL server"),
    ("chromium",     "chromium",        present,  "the pages in a real browser"),
    ("chromedriver", "chromium-driver", present,  "the pages in a real browser"),
    ("NotoSansCJK",  "fonts-noto-cjk",  is_font,  "Hangul as people see it"),
    ("npm",          "npm",             present,  "the pages under axe-core"),
];

/// Installs missing tools on Debian as root; elsewhere says in one line what is missing.
pub(crate) fn for_tests() {
    for (tool, package, is_there, untested) in TOOLS {
        if !is_there(tool) && !install(package) {
            println!("missing: {tool} (Debian package `{package}`); not tested: {untested}");
        }
    }
    if !axe() {
        println!(
            "missing: axe-core {AXE} (fetched with npm); not tested: the pages under axe-core"
        );
    }
}

/// The release of axe-core with which pages are looked at: a tool of the tests, never part of what we ship.
const AXE: &str = "4.14.1";

/// Fetches axe-core to `target/tools`, once.
fn axe() -> bool {
    let tools = Path::new("target/tools");
    if tools.join("axe-core/axe.min.js").exists() {
        return true;
    }
    let package = format!("axe-core@{AXE}");
    println!("+ npm pack {package}");
    let packed = fs::create_dir_all(tools.join("axe-core")).is_ok()
        && quiet(Command::new("npm").args(["pack", &package, "--pack-destination"]).arg(tools));
    let archive = tools.join(format!("axe-core-{AXE}.tgz"));
    let (only, to) = (["--strip-components=1", "package/axe.min.js"], tools.join("axe-core"));
    packed && quiet(Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(to).args(only))
}

/// Whether a font's files are where Debian puts them.
fn is_font(font: &str) -> bool {
    let fonts = fs::read_dir("/usr/share/fonts/opentype/noto").into_iter().flatten().flatten();
    fonts.map(|file| file.file_name()).any(|name| name.to_string_lossy().starts_with(font))
}

/// Whether a tool answers to `--version`.
pub(crate) fn present(tool: &str) -> bool {
    let mut command = Command::new(tool);
    quiet(command.arg("--version"))
}

/// Whether a program of a PostgreSQL server is where Debian puts it; it is on nobody's path.
fn is_server(tool: &str) -> bool {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin").join(tool)).any(|program| program.exists())
}

fn install(package: &str) -> bool {
    let apt = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        quiet(command.args(words).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    println!("+ apt-get install {package}");
    apt(&["install", "-y", package]) || (apt(&["update"]) && apt(&["install", "-y", package]))
}

fn quiet(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}
