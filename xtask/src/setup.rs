//! What the tests need from the machine, installed when that is possible.

use std::process::{Command, Stdio};

/// A tool, its Debian package, and what is not tested without it.
const TOOLS: [(&str, &str, &str); 2] = [
    ("dpkg", "dpkg", "the Debian order against `dpkg --compare-versions`"),
    ("rpm", "rpm", "the RPM order against rpm itself"),
];

/// Installs missing tools on Debian as root; elsewhere says in one line what is missing.
pub(crate) fn for_tests() {
    for (tool, package, untested) in TOOLS {
        if !present(tool) && !install(package) {
            println!("missing: {tool} (Debian package `{package}`); not tested: {untested}");
        }
    }
}

/// Whether a tool answers to `--version`.
pub(crate) fn present(tool: &str) -> bool {
    let mut command = Command::new(tool);
    quiet(command.arg("--version"))
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
