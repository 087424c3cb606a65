//! `bongsu explain`: the whole reasoning about one vulnerability and one component.

use anyhow::{Context, Result, bail};
use bongsu_advisory::VulnerabilityId;
use bongsu_formats::packing::Patience;
use bongsu_inventory::{Component, Inventory};
use bongsu_matching::{Answer, Depth, Finding, Knowledge, Reason, find};
use bongsu_package::{PackageName, Purl};

use crate::Outcome;
use crate::cli::ExplainArgs;
use crate::load::{self, Aside, Taken};
use crate::output::plain::plain;
use crate::output::style::{Paint, coloured};

pub(crate) fn run(args: &ExplainArgs, quiet: bool) -> Result<Outcome> {
    let wanted: VulnerabilityId =
        args.vulnerability.parse().with_context(|| args.vulnerability.clone())?;
    let mut aside = Aside::default();
    let mut knowledge = load::knowledge(&args.advisories, &mut aside, Patience::ENDLESS, quiet)?;
    let named = args.component.starts_with("pkg:") && args.inventory.is_empty();
    let inventories = if named {
        vec![Taken { document: "command line".into(), inventory: of_purl(&args.component)? }]
    } else {
        load::inventories(&args.inventory, &mut knowledge, &mut aside, Patience::ENDLESS, quiet)?
    };
    knowledge.settle();
    aside.report(None, quiet)?;
    known(&knowledge, &wanted)?;
    let mut looked_at = 0;
    for taken in &inventories {
        let findings = find(&knowledge, &taken.inventory, &taken.document, Depth::All);
        for (number, component) in taken.inventory.components.iter().enumerate() {
            if !is_meant(component, &args.component) {
                continue;
            }
            looked_at += 1;
            let about = |f: &&Finding<'_>| f.component == number && speaks_of(f, &wanted);
            tell(&wanted, taken, component, findings.iter().find(about));
        }
    }
    if looked_at == 0 {
        bail!(
            "no component is called `{}`; give a part of its name, or a package URL",
            args.component
        );
    }
    Ok(Outcome::Done)
}

/// An inventory of the one component a package URL names.
fn of_purl(text: &str) -> Result<Inventory> {
    let purl: Purl = text.parse().with_context(|| text.to_owned())?;
    let component = Component {
        name: purl.name().to_owned(),
        version: purl.version().map(str::to_owned),
        package: PackageName::from_purl(&purl),
        purl: Some(purl),
        ..Component::default()
    };
    Ok(Inventory {
        system: "command line".into(),
        components: vec![component],
        ..Inventory::default()
    })
}

/// Fails when no document speaks of the vulnerability at all.
fn known(knowledge: &Knowledge, wanted: &VulnerabilityId) -> Result<()> {
    let named = |id: &VulnerabilityId| id == wanted;
    let spoken_of = knowledge.advisories().iter().any(|advisory| {
        named(&advisory.id)
            || advisory.aliases.iter().any(named)
            || advisory.upstream.iter().any(named)
    });
    if !spoken_of && knowledge.kev([wanted]).is_none() {
        bail!("no loaded advisory speaks of {wanted}; name more with --advisories");
    }
    Ok(())
}

fn is_meant(component: &Component, text: &str) -> bool {
    match &component.purl {
        Some(purl) if text.starts_with("pkg:") => purl.to_string().starts_with(text),
        _ => component.name.to_lowercase().contains(&text.to_lowercase()),
    }
}

fn speaks_of(finding: &Finding<'_>, wanted: &VulnerabilityId) -> bool {
    finding.vulnerability == *wanted || finding.aliases.contains(wanted)
}

/// Tells the reasoning, line by line.
fn tell(
    wanted: &VulnerabilityId,
    taken: &Taken,
    component: &Component,
    finding: Option<&Finding<'_>>,
) {
    let coloured = coloured();
    let version = component.version.as_deref().unwrap_or("(no version)");
    println!("{}", Paint::Strong.on(&format!("{} {version}", component.name), coloured));
    line(&format!(
        "  in           {} ({}), {}",
        taken.inventory.system, taken.document, component.field
    ));
    for (name, value) in identities(component) {
        line(&format!("  {name:<12} {value}"));
    }
    let Some(finding) = finding else {
        line(&format!("  answer       no loaded source speaks of this component and {wanted}"));
        println!();
        return;
    };
    let names: Vec<_> = finding.aliases.iter().map(VulnerabilityId::as_str).collect();
    line(&format!("  flaw         {} {}", finding.vulnerability, names.join(" ")));
    if !finding.summary.is_empty() {
        line(&format!("               {}", finding.summary));
    }
    let (word, paint) = match finding.answer {
        Answer::Affected => ("AFFECTED", Paint::Alarm),
        Answer::CannotTell => ("CANNOT TELL", Paint::Caution),
        Answer::NotAffected => ("NOT AFFECTED", Paint::Calm),
    };
    println!("  answer       {}", paint.on(word, coloured));
    because("because", &finding.reason);
    for (answer, reason) in &finding.weighed {
        because(&format!("({})", answer.word()), reason);
    }
    if let Some(kind) = finding.informational {
        line(&format!("  notice       {kind}: the source says this is a notice, not a flaw"));
    }
    let fixed = finding.fixed.join(", ");
    line(&format!("  fixed in     {}", if fixed.is_empty() { "no fix is known" } else { &fixed }));
    if let Some(severity) = finding.severity {
        let score = severity.score.map_or(String::new(), |score| format!(" {score:.1}"));
        let rating = severity.rating.map_or("-", |rating| rating.word());
        line(&format!(
            "  severity     {rating}{score} {}",
            severity.vector.as_deref().unwrap_or("")
        ));
    }
    if let Some(kev) = finding.kev {
        let added = kev.added.map_or(String::new(), |date| format!(" since {date}"));
        line(&format!(
            "  exploited    in the catalogue of exploited vulnerabilities{added}: {}",
            kev.name
        ));
    }
    if let Some(epss) = finding.epss {
        line(&format!(
            "  forecast     EPSS {:.4}, percentile {:.4}",
            epss.probability, epss.percentile
        ));
    }
    println!();
}

/// Prints one line, harmless for a terminal whatever it quotes.
fn line(text: &str) {
    println!("{}", plain(text));
}

fn because(label: &str, reason: &Reason) {
    line(&format!("  {label:<12} {}", reason.sentence()));
    line(&format!("               at {}", reason.place));
}

fn identities(component: &Component) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(purl) = &component.purl {
        lines.push(("purl", purl.to_string()));
    }
    let from_purl = || component.purl.as_ref().and_then(PackageName::from_purl);
    if let Some(package) = component.package.clone().or_else(from_purl) {
        lines.push((
            "package",
            format!("{package}, compared in the {} order", package.ecosystem.scheme()),
        ));
    }
    if let Some(source) = &component.source {
        lines.push((
            "source",
            format!("{} {}", source.name, source.version.as_deref().unwrap_or("")),
        ));
    }
    if let Some(product) = &component.product {
        lines.push(("product", product.to_string()));
    }
    lines.extend(component.cpes.iter().map(|cpe| ("cpe", cpe.to_string())));
    lines
}
