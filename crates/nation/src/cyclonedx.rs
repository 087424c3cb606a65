//! An inventory as a CycloneDX document, for whoever wants to see what an institution sends.

use std::fmt::Write;

use bongsu_inventory::{Component, ComponentKind, Inventory};

/// The inventory as a small CycloneDX 1.6 document.
///
/// The system depends on each component, save what another one of them brings: `log4j-core` hangs
/// from the library that brought it, so that it is found only by whoever follows.
///
/// - **Source:** CycloneDX 1.6 (ECMA-424), JSON.
pub fn to_cyclonedx(inventory: &Inventory) -> String {
    let mut out =
        String::from(r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"#);
    if let Some(as_of) = inventory.as_of {
        write(&mut out, format_args!(r#""timestamp":"{as_of}","#));
    }
    out.push_str(r#""component":{"type":"application","bom-ref":"system","name":"#);
    quote(&mut out, &inventory.system);
    out.push_str("}},\"components\":[");
    for (number, component) in inventory.components.iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        out.push('\n');
        write_component(&mut out, number, component);
    }
    out.push_str("\n],\"dependencies\":[");
    write_dependencies(&mut out, &inventory.components);
    out.push_str("]}\n");
    out
}

fn write_component(out: &mut String, number: usize, component: &Component) {
    write(out, format_args!(r#"{{"type":"{}","bom-ref":"c{number}""#, kind(component.kind)));
    let (group, name) = named(component);
    for (key, value) in
        [("group", group), ("name", Some(name.as_str())), ("version", component.version.as_deref())]
    {
        if let Some(value) = value {
            write(out, format_args!(r#","{key}":"#));
            quote(out, value);
        }
    }
    if let Some(purl) = &component.purl {
        out.push_str(",\"purl\":");
        quote(out, &purl.to_string());
    }
    if let Some(product) = &component.product {
        out.push_str(",\"supplier\":{\"name\":");
        quote(out, product.vendor());
        out.push('}');
    }
    out.push('}');
}

/// Group and name, apart where the ecosystem has them apart.
fn named(component: &Component) -> (Option<&str>, String) {
    match &component.purl {
        Some(purl) if purl.kind() != "deb" && purl.kind() != "rpm" => {
            (purl.namespace(), purl.name().to_owned())
        }
        _ => (None, component.name.clone()),
    }
}

fn write_dependencies(out: &mut String, components: &[Component]) {
    let is = |component: &Component, names: &[&str]| {
        names.iter().any(|name| component.name.rsplit([':', '/']).next() == Some(*name))
    };
    let bringer = components.iter().position(|component| is(component, &BRINGERS));
    let brought = components.iter().position(|component| is(component, &["log4j-core"]));
    let below = bringer.zip(brought);
    out.push_str(r#"{"ref":"system","dependsOn":["#);
    let direct = (0..components.len()).filter(|number| below.is_none_or(|(_, own)| own != *number));
    for (place, number) in direct.enumerate() {
        write(out, format_args!(r#"{}"c{number}""#, if place > 0 { "," } else { "" }));
    }
    out.push_str("]}");
    if let Some((bringer, brought)) = below {
        write(out, format_args!(r#",{{"ref":"c{bringer}","dependsOn":["c{brought}"]}}"#));
    }
}

/// A text as JSON.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => write(out, format_args!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn write(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes all text");
}

fn kind(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Application => "application",
        ComponentKind::OperatingSystem => "operating-system",
        ComponentKind::Container => "container",
        ComponentKind::Device => "device",
        ComponentKind::Firmware => "firmware",
        ComponentKind::File => "file",
        ComponentKind::Model => "machine-learning-model",
        ComponentKind::Data => "data",
        ComponentKind::CryptographicAsset => "cryptographic-asset",
        ComponentKind::Library => "library",
    }
}

/// Libraries that bring Log4j with them.
const BRINGERS: [&str; 6] = [
    "spring-boot-starter-log4j2",
    "elasticsearch",
    "solr-core",
    "flink-core",
    "ApacheJMeter_core",
    "log4j-slf4j-impl",
];
