//! Version orders against the ecosystems' own tools, on pairs made to be nasty.
//!
//! A tool that is not on this machine skips its test with one line. `BONGSU_ORACLE_PAIRS` says how
//! many pairs (2,000 unless told), `BONGSU_ORACLE_SEED` where to start; both are printed.

use std::cmp::Ordering;
use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use bongsu_package::Scheme;

#[test]
fn debian_versions_are_ordered_as_dpkg_orders_them() {
    let Some(version) = output("dpkg", &["--version"], "") else { return skip("dpkg") };
    let dice = &mut Dice::new("deb");
    let pairs: Vec<_> = pairs(dice, debian).collect();
    // One process a pair: two workers, since the tool is the slow side.
    let (front, back) = pairs.split_at(pairs.len() / 2);
    let theirs = std::thread::scope(|scope| {
        let back = scope.spawn(|| back.iter().map(dpkg).collect::<Vec<_>>());
        let mut all: Vec<_> = front.iter().map(dpkg).collect();
        all.extend(back.join().expect("the worker ends"));
        all
    });
    report(Scheme::Deb, first_line(&version), &pairs, &theirs);
}

#[test]
fn rpm_versions_are_ordered_as_rpm_orders_them() {
    let Some(version) = output("rpm", &["--version"], "") else { return skip("rpm") };
    let dice = &mut Dice::new("rpm");
    let pairs: Vec<_> = pairs(dice, rpm).collect();
    let mut theirs = Vec::with_capacity(pairs.len());
    // A command line holds some thousand pairs.
    for chunk in pairs.chunks(500) {
        let mut script = String::from("%{lua:");
        for (left, right) in chunk {
            write!(script, "print(rpm.vercmp('{left}','{right}'),'\\n')").expect("fits");
        }
        script.push('}');
        let said = output("rpm", &["--eval", &script], "").expect("rpm evaluates");
        theirs.extend(said.split_whitespace().map(sign));
    }
    report(Scheme::Rpm, first_line(&version), &pairs, &theirs);
}

#[test]
fn python_versions_are_ordered_as_packaging_orders_them() {
    const SCRIPT: &str = r"
import sys
try:
    from packaging.version import Version, InvalidVersion
except ImportError:
    from pip._vendor.packaging.version import Version, InvalidVersion
for line in sys.stdin:
    left, right = line.rstrip('\n').split('\t')
    try:
        left, right = Version(left), Version(right)
    except InvalidVersion:
        print('?')
        continue
    print((left > right) - (left < right))
";
    let dice = &mut Dice::new("pypi");
    let pairs: Vec<_> = pairs(dice, python).collect();
    let Some(said) = output("python3", &["-c", SCRIPT], &lines(&pairs)) else {
        return skip("python3 with packaging");
    };
    let theirs: Vec<_> = said.lines().map(sign).collect();
    report(Scheme::Pypi, "packaging", &pairs, &theirs);
}

#[test]
fn npm_versions_are_ordered_as_node_semver_orders_them() {
    const SCRIPT: &str = r"
const semver = require(process.argv[1]);
const lines = require('fs').readFileSync(0, 'utf8').trimEnd().split('\n');
console.log(lines.map((line) => {
    // Anything after a third dot makes it cut the third number: 1.2.34.5 is 1.2.3 with pre-release 4.5.
    const read = (text) => /^[v=]*\d+(\.\d+){2}\./.test(text) ? null : semver.parse(text, { loose: true });
    const [left, right] = line.split('\t').map(read);
    return left && right ? left.compare(right) : '?';
}).join('\n'));
";
    let folders = ["/usr/lib/node_modules", "/usr/local/lib/node_modules", "/usr/share/nodejs"];
    let module = folders
        .iter()
        .flat_map(|folder| {
            [format!("{folder}/npm/node_modules/semver"), format!("{folder}/semver")]
        })
        .find(|module| Path::new(module).is_dir());
    let Some(module) = module else { return skip("npm's semver module") };
    let dice = &mut Dice::new("npm");
    let pairs: Vec<_> = pairs(dice, semver).collect();
    let Some(said) = output("node", &["-e", SCRIPT, &module], &lines(&pairs)) else {
        return skip("node");
    };
    let theirs: Vec<_> = said.lines().map(sign).collect();
    report(Scheme::Npm, "node-semver", &pairs, &theirs);
}

#[test]
fn maven_versions_with_one_qualifier_are_ordered_as_maven_orders_them() {
    let jars = ["/usr/share/java/maven-artifact-3.x.jar", "/usr/share/java/maven-artifact.jar"];
    let Some(jar) = jars.iter().find(|jar| Path::new(jar).is_file()) else {
        return skip("maven-artifact.jar");
    };
    let dice = &mut Dice::new("maven");
    let pairs: Vec<_> = (0..wanted()).map(|_| maven(dice)).collect();
    let mut theirs = Vec::with_capacity(pairs.len());
    for chunk in pairs.chunks(1_000) {
        // The program compares each argument with the next: every other line is a pair of ours.
        let arguments: Vec<&str> =
            chunk.iter().flat_map(|(left, right)| [&**left, right]).collect();
        let arguments = [&["-jar", jar], arguments.as_slice()].concat();
        let Some(said) = output("java", &arguments, "") else { return skip("java") };
        let compared = said.lines().filter(|line| line.starts_with("   ")).step_by(2);
        theirs.extend(compared.map(|line| match line.split_whitespace().nth(1) {
            Some("<") => Some(Ordering::Less),
            Some("==") => Some(Ordering::Equal),
            Some(">") => Some(Ordering::Greater),
            _ => panic!("unlike any answer: {line}"),
        }));
    }
    report(Scheme::Maven, jar, &pairs, &theirs);
}

/// Compares answers; `None` of theirs means that the tool refused a version.
fn report(scheme: Scheme, judge: &str, pairs: &[(String, String)], theirs: &[Option<Ordering>]) {
    assert_eq!(pairs.len(), theirs.len(), "one answer a pair");
    let (mut refused, mut cautious, mut more) = (0, 0, 0);
    let mut wrong = Vec::new();
    for ((left, right), theirs) in pairs.iter().zip(theirs) {
        if left == right {
            continue;
        }
        match (scheme.compare(left, right), theirs) {
            (ours, Some(theirs)) if ours == Some(*theirs) => {}
            (None, None) => refused += 1,
            // We say "cannot tell" where the tool tells, which is documented; the generators keep
            // that rare. Debian and RPM texts are read whenever their tools read them.
            (None, Some(_)) if !matches!(scheme, Scheme::Deb | Scheme::Rpm) => cautious += 1,
            (Some(_), None) if scheme == Scheme::Npm || scheme == Scheme::Pypi => more += 1,
            (ours, theirs) => {
                wrong.push(format!("{left:?} {right:?}: ours {ours:?}, theirs {theirs:?}"));
            }
        }
    }
    eprintln!(
        "{scheme} against {judge}: {} pairs, {} different, {refused} unreadable for both, \
         {more} for the tool only, {cautious} for us only",
        pairs.len(),
        wrong.len()
    );
    wrong.truncate(20);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cautious * 20 <= pairs.len(), "we read too little: {cautious} of {}", pairs.len());
    assert!((refused + more) * 2 <= pairs.len(), "the generator is no use: {refused} + {more}");
}

fn dpkg((left, right): &(String, String)) -> Option<Ordering> {
    // The space, which dpkg drops, keeps a leading hyphen from looking like an option.
    let (left, right) = (format!(" {left}"), format!(" {right}"));
    let holds = |relation: &str| {
        Command::new("dpkg")
            .args(["--compare-versions", &left, relation, &right])
            .stderr(Stdio::null())
            .status()
            .expect("dpkg runs")
            .code()
    };
    match holds("lt")? {
        0 => Some(Ordering::Less),
        1 if holds("eq")? == 0 => Some(Ordering::Equal),
        1 => Some(Ordering::Greater),
        _ => None,
    }
}

fn sign(text: &str) -> Option<Ordering> {
    text.parse::<i32>().ok().map(|sign| sign.cmp(&0))
}

fn lines(pairs: &[(String, String)]) -> String {
    pairs.iter().fold(String::new(), |mut lines, (left, right)| {
        writeln!(lines, "{left}\t{right}").expect("fits");
        lines
    })
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn skip(tool: &str) {
    eprintln!("skipped: no {tool} on this machine");
}

/// What a program prints; `None` when it is not there or fails.
fn output(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let said = std::thread::scope(|scope| {
        // A closed pipe shows in the program's own failure.
        scope.spawn(move || stdin.write_all(input.as_bytes()).ok());
        child.wait_with_output().ok()
    })?;
    said.status.success().then(|| String::from_utf8_lossy(&said.stdout).into_owned())
}

/// Pairs of which the second is often a small change of the first, since close versions are where
/// orders differ.
fn pairs(
    dice: &mut Dice,
    version: impl Fn(&mut Dice) -> String,
) -> impl Iterator<Item = (String, String)> {
    (0..wanted()).map(move |_| {
        let left = version(dice);
        let right = if dice.one_in(3) { version(dice) } else { changed(dice, &left) };
        (left, right)
    })
}

/// How many pairs.
fn wanted() -> usize {
    let told = env::var("BONGSU_ORACLE_PAIRS").ok().and_then(|count| count.parse().ok());
    told.unwrap_or(2_000)
}

/// One or two characters dropped, doubled or swapped for another of the same text.
fn changed(dice: &mut Dice, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(2) {
        if chars.len() < 2 {
            break;
        }
        let (at, from) = (dice.below(chars.len()), dice.below(chars.len()));
        match dice.below(4) {
            0 => drop(chars.remove(at)),
            1 => chars.insert(at, chars[from]),
            2 => chars[at] = chars[from],
            _ => chars.push(chars[from]),
        }
    }
    chars.into_iter().collect()
}

fn debian(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.one_in(4) {
        text += dice.pick(&["0:", "1:", "2:", "01:", "10:", ":", "a:"]);
    }
    text += dice.pick(&["", "0", "1", "2", "10", "007", "20240101", "a", "99999999999999999999"]);
    for _ in 0..dice.below(6) {
        text += dice.pick(&[
            ".", ".", "~", "~", "~~", "+", "-", ":", "_", "a", "z", "A", "rc", "dfsg", "git", "é",
        ]);
        text += dice.pick(&["", "0", "00", "1", "01", "2", "9", "10", "18446744073709551616"]);
    }
    if dice.one_in(2) {
        text.push('-');
        text +=
            dice.pick(&["0", "1", "1ubuntu1", "1~bpo12+1", "0.1", "1+deb12u1", "00", "1build1"]);
    }
    text
}

fn rpm(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.one_in(4) {
        text += dice.pick(&["0:", "1:", "2:", "01:", ":", "a:", "10:"]);
    }
    text += dice.pick(&["0", "1", "2", "10", "007", "a", "20240101", "99999999999999999999"]);
    for _ in 0..dice.below(6) {
        text += dice.pick(&[
            ".", ".", "~", "^", "~~", "^^", "~^", "+", "-", "_", "..", "a", "Z", "rc", "git", "é",
        ]);
        text += dice.pick(&["", "0", "00", "1", "01", "2", "9", "10", "18446744073709551616"]);
    }
    if dice.one_in(2) {
        text.push('-');
        text +=
            dice.pick(&["", "0", "1", "1.el9", "1.el9_2.1", "3.module+el8", "0.1.rc1", "1.fc40"]);
    }
    text
}

fn python(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.one_in(6) {
        text += dice.pick(&["v", "V", "1!", "0!", "v2!"]);
    }
    text += dice.pick(&["0", "1", "2", "10", "01", "2024"]);
    for _ in 0..dice.below(4) {
        text += dice.pick(&[".0", ".1", ".00", ".10", ".2", ".99999999999999999999"]);
    }
    if dice.one_in(2) {
        text += dice.pick(&["", ".", "-", "_"]);
        text += dice.pick(&["a", "b", "c", "rc", "alpha", "Beta", "PRE", "preview"]);
        text += dice.pick(&["", "0", "1", "-1", ".2", "_10", "."]);
    }
    if dice.one_in(3) {
        text += dice.pick(&[".post", "post1", "-1", "-0", ".rev2", "r3", "-post.1", "_POST_2"]);
    }
    if dice.one_in(3) {
        text += dice.pick(&[".dev", "dev1", "-dev0", "_DEV_10", ".dev.2"]);
    }
    if dice.one_in(4) {
        text += dice.pick(&["+1", "+a", "+A.1", "+ubuntu-1", "+1.0", "+01", "+g1_2", "+"]);
    }
    text
}

fn semver(dice: &mut Dice) -> String {
    let mut text = String::from(dice.pick(&["", "", "", "v", "=", "=v"]));
    let number = |dice: &mut Dice| dice.pick(&["0", "1", "2", "9", "10", "99", "9007199254740991"]);
    let core = [number(dice), number(dice), number(dice)];
    text += &core.join(".");
    if dice.one_in(2) {
        text += dice.pick(&["-", "-", "-", ""]);
        text += dice.pick(&["alpha", "rc", "beta1", "x-y", "A", "0", "a.b", "--"]);
        for _ in 0..dice.below(3) {
            text += dice.pick(&[".0", ".1", ".10", ".2", ".a", ".Z", ".-", ".1a", ".alpha"]);
        }
    }
    if dice.one_in(5) {
        text += dice.pick(&["+1", "+build.7", "+a-b", "+"]);
    }
    text
}

/// Where Maven 3.8 and 3.9 agree with each other and are an order: numbers, then one qualifier,
/// a hyphen before its number only when one stands before it too.
fn maven(dice: &mut Dice) -> (String, String) {
    let left = maven_numbers(dice);
    let right = if dice.one_in(2) { maven_numbers(dice) } else { left.clone() };
    (left + &maven_qualifier(dice), right + &maven_qualifier(dice))
}

fn maven_numbers(dice: &mut Dice) -> String {
    let mut text = String::from(dice.pick(&["0", "1", "2", "10", "007", "20240101"]));
    for _ in 0..dice.below(4) {
        text += dice.pick(&[".0", ".1", ".2", ".00", ".10", ".99999999999999999999"]);
    }
    text
}

fn maven_qualifier(dice: &mut Dice) -> String {
    const WORDS: [&str; 15] = [
        "alpha",
        "a",
        "beta",
        "b",
        "m",
        "milestone",
        "RC",
        "cr",
        "SNAPSHOT",
        "ga",
        "Final",
        "sp",
        "jre",
        "android",
        "x",
    ];
    let word = dice.pick(&WORDS);
    match dice.below(5) {
        0 => String::new(),
        1 => format!("-{word}"),
        2 => format!(".{word}"),
        // A number after `ga` is news to Maven 3.9 only when compared with another.
        _ if matches!(word, "ga" | "Final") => format!("-{word}"),
        // Maven 3.9 reads `a-1` as `a1`, which is an alpha; Maven 3.8 does not.
        3 if word.len() == 1 => format!("-{word}{}", dice.pick(&["1", "2", "10"])),
        3 => format!("-{word}{}", dice.pick(&["1", "2", "-1", "-10", "12", "-2"])),
        _ => format!("{word}{}", dice.pick(&["1", "2", "10"])),
    }
}

/// A small generator of random numbers (`SplitMix64`), so that a seed tells the whole story.
struct Dice(u64);

impl Dice {
    fn new(name: &str) -> Self {
        let told = env::var("BONGSU_ORACLE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = told.unwrap_or(20_240_101);
        eprintln!("{name}: BONGSU_ORACLE_SEED={seed}");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).expect("usize is no wider than u64");
        usize::try_from(self.next() % limit).expect("below a usize")
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}
