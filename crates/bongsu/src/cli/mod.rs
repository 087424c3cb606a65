//! The command line.

pub(crate) mod desk;
pub(crate) mod serve;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Who is affected, at once, and why.
#[derive(Debug, Parser)]
#[command(name = "bongsu", version, about, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done; 1 --fail-on found something; 2 could not do it.")]
pub(crate) struct Cli {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Say nothing but the result
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A whole exercise on this machine, from the disclosure of a flaw to verified fixes; nothing is left behind
    Demo(serve::DemoArgs),
    /// Match inventories against advisories
    #[command(after_help = MATCH_EXAMPLES)]
    Match(MatchArgs),
    /// Keep a nation's inventories in an index on disk
    #[command(subcommand)]
    Index(IndexCommand),
    /// Which systems and institutions of an index have a vulnerability
    #[command(after_help = WHO_HAS_EXAMPLES)]
    WhoHas(WhoHasArgs),
    /// The whole reasoning about one vulnerability and one component, line by line
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Compare versions and look into ranges
    #[command(subcommand)]
    Versions(VersionsCommand),
    /// Run the node: answer people and programs, keep the clocks, take feeds, deliver
    Serve(serve::ServeArgs),
    /// This node: make it, give it its first officers
    #[command(subcommand)]
    Node(serve::NodeCommand),
    /// The sample nation
    #[command(subcommand)]
    Nation(desk::NationCommand),
    /// Officers and their posts
    #[command(subcommand)]
    Officer(desk::OfficerCommand),
    /// Cases: one flaw, one subject of work
    #[command(subcommand)]
    Case(desk::CaseCommand),
    /// Campaigns: one act, many institutions
    #[command(subcommand)]
    Campaign(desk::CampaignCommand),
    /// Obligations: what one institution owes
    #[command(subcommand)]
    Obligation(desk::ObligationCommand),
    /// Inventories that institutions publish
    #[command(subcommand)]
    Inventory(desk::InventoryCommand),
    /// The record that nobody can rewrite
    #[command(subcommand)]
    Ledger(desk::LedgerCommand),
    /// The store: backup and restore
    #[command(subcommand)]
    Store(desk::StoreCommand),
    /// The national picture: counts, small groups hidden
    Picture(desk::PictureArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages into a folder
    Man {
        /// The folder; it is made if it is not there
        #[arg(long, default_value = "man")]
        dir: PathBuf,
    },
}

/// `bongsu match`.
#[derive(Args, Debug)]
pub(crate) struct MatchArgs {
    /// Advisories: OSV, CVE 5, CSAF, KEV, EPSS, VEX; files, archives or folders
    ///
    /// Without it: a small set of well-known vulnerabilities that we wrote.
    #[arg(long, short, num_args = 1.., value_name = "PATH")]
    pub(crate) advisories: Vec<PathBuf>,
    /// Inventories: CycloneDX, SPDX, package databases, lock files, asset lists; files or folders
    ///
    /// Without it: the packages of this machine and the lock files below this folder.
    #[arg(long, short, num_args = 1.., value_name = "PATH")]
    pub(crate) inventory: Vec<PathBuf>,
    /// How to print
    #[arg(long, short, value_enum, default_value_t = MatchFormat::Table)]
    pub(crate) format: MatchFormat,
    /// Also print components that are plainly not affected
    #[arg(long)]
    pub(crate) all: bool,
    /// Exit with 1 when there is such a finding
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) fail_on: Option<FailOn>,
    /// Exit with 2 when anything had to be set aside
    #[arg(long)]
    pub(crate) strict: bool,
    /// Stop after so many seconds: what was done is printed, the exit code is 2
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub(crate) deadline: u64,
    /// Write everything that was set aside to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) quarantine: Option<PathBuf>,
}

/// Output of `bongsu match`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum MatchFormat {
    /// For a person at a terminal
    Table,
    /// One JSON object a line
    Json,
    /// SARIF 2.1.0, for code-scanning pages
    Sarif,
    /// A CSAF 2.0 document, profile VEX
    CsafVex,
    /// A `CycloneDX` 1.6 document with vulnerabilities
    CyclonedxVex,
}

/// Output of the other commands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For a person at a terminal
    Table,
    /// One JSON object a line
    Json,
}

/// What `--fail-on` looks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum FailOn {
    /// Anything affected
    Affected,
    /// Anything affected, or that cannot be told
    CannotTell,
    /// Anything affected that is known to be exploited
    Kev,
    /// Anything affected rated low or above
    Low,
    /// Anything affected rated medium or above
    Medium,
    /// Anything affected rated high or above
    High,
    /// Anything affected rated critical
    Critical,
}

/// `bongsu explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// The vulnerability, by any of its names
    pub(crate) vulnerability: String,
    /// The component: a package URL, or part of its name
    pub(crate) component: String,
    /// Advisories, as in `bongsu match`
    #[arg(long, short, num_args = 1.., value_name = "PATH")]
    pub(crate) advisories: Vec<PathBuf>,
    /// Inventories, as in `bongsu match`; not needed for a package URL with a version
    #[arg(long, short, num_args = 1.., value_name = "PATH")]
    pub(crate) inventory: Vec<PathBuf>,
}

/// `bongsu index …`.
#[derive(Debug, Subcommand)]
pub(crate) enum IndexCommand {
    /// Build an index from inventories; folders under a folder are institutions
    Build(IndexAddArgs),
    /// Add inventories, or replace those of systems that are already there
    Add(IndexAddArgs),
    /// Remove systems
    Remove {
        /// Where the index is
        #[arg(long)]
        dir: PathBuf,
        /// The systems, by the names `bongsu index stat --systems` shows
        #[arg(required = true)]
        systems: Vec<String>,
    },
    /// Say what is in an index
    Stat {
        /// Where the index is
        #[arg(long)]
        dir: PathBuf,
        /// List the systems too
        #[arg(long)]
        systems: bool,
        /// How to print
        #[arg(long, short, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Check every block; rebuild what is torn or flipped from the kept inventories
    Verify {
        /// Where the index is
        #[arg(long)]
        dir: PathBuf,
        /// Only look, change nothing
        #[arg(long)]
        check: bool,
    },
}

/// `bongsu index build` and `add`.
#[derive(Args, Debug)]
pub(crate) struct IndexAddArgs {
    /// Where the index is
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// Inventories, as in `bongsu match`
    #[arg(long, short, num_args = 1.., required = true, value_name = "PATH")]
    pub(crate) inventory: Vec<PathBuf>,
    /// The institution all of them belong to; without it the folder an inventory lies in
    #[arg(long)]
    pub(crate) institution: Option<String>,
    /// The lead ministry of the institutions
    #[arg(long, default_value = "unassigned")]
    pub(crate) ministry: String,
}

/// `bongsu who-has`.
#[derive(Args, Debug)]
pub(crate) struct WhoHasArgs {
    /// The vulnerability, by any of its names
    pub(crate) vulnerability: String,
    /// Where the index is
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// Advisories, as in `bongsu match`
    #[arg(long, short, num_args = 1.., value_name = "PATH")]
    pub(crate) advisories: Vec<PathBuf>,
    /// How to print
    #[arg(long, short, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// How many systems to name; counts are always complete
    #[arg(long, default_value_t = 20)]
    pub(crate) first: usize,
}

/// `bongsu versions …`.
#[derive(Debug, Subcommand)]
pub(crate) enum VersionsCommand {
    /// Compare two versions, or pairs from a file: `<`, `=`, `>` or `?`, one a line
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare {
        /// The order: deb, rpm, apk, npm, pypi, maven, semver, ...
        scheme: String,
        /// The left version
        #[arg(required_unless_present = "pairs")]
        left: Option<String>,
        /// The right version
        #[arg(required_unless_present = "pairs")]
        right: Option<String>,
        /// A file of pairs, two versions a line, separated by a tab or one space; `-` reads
        /// standard input
        #[arg(long, conflicts_with_all = ["left", "right"], value_name = "FILE")]
        pairs: Option<PathBuf>,
    },
    /// Whether a VERS range holds a version: `yes`, `no` or `?`
    #[command(after_help = CONTAINS_EXAMPLES)]
    Contains {
        /// The range, `vers:npm/>=1.0.0|<2.0.0`
        range: String,
        /// The version
        version: String,
    },
    /// List the orders
    Schemes,
}

const MATCH_EXAMPLES: &str = "\
Examples:
  bongsu match
      this machine and the lock files below, against the well-known vulnerabilities we wrote
  bongsu match --advisories osv/ kev.json --inventory sbom.cdx.json
  bongsu match --advisories all.zip --inventory Cargo.lock --format json --fail-on high
  bongsu match -a cve/ -i 장비대장.xlsx
      an asset list of appliances, Korean headings are understood";

const WHO_HAS_EXAMPLES: &str = "\
Examples:
  bongsu index build --dir nation --inventory inventories/
  bongsu who-has CVE-2021-44228 --dir nation --advisories osv/ cve/";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  bongsu explain CVE-2021-44228 pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1
  bongsu explain RUSTSEC-2020-0071 time --advisories osv/ --inventory Cargo.lock";

const COMPARE_EXAMPLES: &str = "\
Examples:
  bongsu versions compare deb 1.0~rc1 1.0
  bongsu versions compare rpm --pairs pairs.tsv";

const CONTAINS_EXAMPLES: &str = "\
Examples:
  bongsu versions contains 'vers:npm/>=1.0.0|<2.0.0' 1.5.0";
