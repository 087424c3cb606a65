//! The command line of a desk: cases, campaigns, obligations, the record, the picture.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::Format;

/// Where a node keeps its things, and who asks.
#[derive(Args, Clone, Debug)]
pub(crate) struct NodeArgs {
    /// The folder of the node: store, index, record
    #[arg(
        long,
        global = true,
        env = "BONGSU_HOME",
        default_value = "bongsu-node",
        value_name = "DIR"
    )]
    pub(crate) home: PathBuf,
    /// The folder of its keys; beside the node's, never inside a backup of it
    #[arg(long, global = true, env = "BONGSU_KEYS", value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// Rehearse at this instant, such as 2026-11-22T02:10+09:00; only a drill's node allows it
    #[arg(long, global = true, value_name = "TIME", value_parser = instant)]
    pub(crate) at: Option<Timestamp>,
    /// How to print
    #[arg(long, short, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// The officer who acts; before or after the words of an answer.
#[derive(Args, Clone, Debug)]
pub(crate) struct AnswerAsArgs {
    /// The officer, by the title of the appointment, such as CISO-00417 (`bongsu officer list`)
    #[arg(long = "as", global = true, value_name = "OFFICER")]
    pub(crate) officer: Option<String>,
}

/// The officer who acts.
#[derive(Args, Clone, Debug)]
pub(crate) struct AsArgs {
    /// The officer, by the title of the appointment, such as CISO-00417 (`bongsu officer list`)
    #[arg(long = "as", value_name = "OFFICER")]
    pub(crate) officer: String,
}

/// Advisories a command asks the index with.
#[derive(Args, Clone, Debug)]
pub(crate) struct KnowledgeArgs {
    /// Advisories, as in `bongsu match`; without it the well-known ones
    #[arg(long, short, num_args = 1.., value_name = "PATH")]
    pub(crate) advisories: Vec<PathBuf>,
}

/// `bongsu nation …`.
#[derive(Debug, Subcommand)]
pub(crate) enum NationCommand {
    /// Make a node and fill it with the sample nation Gaon: institutions, officers, inventories
    Generate {
        /// How large
        #[arg(long, value_enum, default_value_t = ProfileName::Demo)]
        profile: ProfileName,
        /// The same seed gives the same nation
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Keep state and record in this PostgreSQL database instead of a file
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// The node
        #[command(flatten)]
        node: NodeArgs,
    },
}

/// Sizes of the sample nation.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ProfileName {
    /// 1,350 institutions
    Demo,
    /// 29,960 institutions, some 12 million components
    Nation,
    /// 100,000 institutions
    Stress,
}

/// `bongsu officer …`.
#[derive(Debug, Subcommand)]
pub(crate) enum OfficerCommand {
    /// Who holds which post
    List {
        /// A station (`COORD_PRIV`), an institution (its id), or an officer's title
        seat: Option<String>,
        /// The node
        #[command(flatten)]
        node: NodeArgs,
    },
}

/// `bongsu case …`.
#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// Open a case about a published vulnerability
    Open {
        /// The vulnerability, by any of its names
        vulnerability: String,
        /// Title; without it the advisory's own
        #[arg(long)]
        title: Option<String>,
        #[command(flatten)]
        knowledge: KnowledgeArgs,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// All cases the officer may see
    List {
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// One case: what it is, its priority and why, its acts
    Show {
        /// The case, by id, its beginning, or a name of the vulnerability
        case: String,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Record what is known for the priority tables
    Triage {
        /// The case
        case: String,
        /// Can an attack be automated?
        #[arg(long)]
        automatable: Option<bool>,
        /// Technical impact
        #[arg(long, value_enum)]
        impact: Option<ImpactName>,
        /// Mission and well-being
        #[arg(long, value_enum)]
        mission: Option<MissionName>,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Suppliers' statements arrived: judge kept inventories again, and record what they change
    Statements {
        /// The case
        case: String,
        /// The statements, and advisories that say which versions are meant; of the well-known ones nothing else is needed
        #[arg(long, short, num_args = 1.., required = true, value_name = "PATH")]
        advisories: Vec<PathBuf>,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Record that it is exploited; every open clock of its campaigns is shortened at once
    Exploited {
        /// The case
        case: String,
        /// How sure
        #[arg(long, value_enum, default_value_t = ExploitationName::Active)]
        level: ExploitationName,
        /// Who says so
        #[arg(long, default_value = "KEV")]
        said_by: String,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
}

/// Technical impact.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ImpactName {
    /// Part of the system
    Partial,
    /// The whole system
    Total,
}

/// Mission and well-being.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum MissionName {
    /// Low
    Low,
    /// Medium
    Medium,
    /// High
    High,
}

/// Exploitation.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ExploitationName {
    /// A proof of concept is public
    Poc,
    /// It is used in attacks
    Active,
}

/// What kind of act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum KindName {
    /// Information, no duty
    Advisory,
    /// Standing rules of conduct
    Guideline,
    /// Asks for an answer by a date
    ActionRequest,
    /// Binding; needs a legal basis
    Directive,
}

/// `bongsu campaign …`.
#[derive(Debug, Subcommand)]
pub(crate) enum CampaignCommand {
    /// Write an act for a case
    Draft(DraftArgs),
    /// Who would be addressed, and by when they would owe what
    Preview {
        /// The act, by id or its beginning
        act: String,
        #[command(flatten)]
        knowledge: KnowledgeArgs,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Review exactly this text, as a second person
    Review {
        /// The act
        act: String,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Sign exactly the reviewed text: obligations, clocks and messages, all or nothing
    Sign {
        /// The act
        act: String,
        #[command(flatten)]
        knowledge: KnowledgeArgs,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Hand the waiting messages to a channel
    Deliver {
        /// The channel: a folder that receives one file a message
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Let the clock speak: waivers run out, what is verified is closed, and who must hear is counted
    Tick {
        #[command(flatten)]
        node: NodeArgs,
    },
    /// How far it has come
    Progress {
        /// The act
        act: String,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Who is late, the greatest risk first
    Late {
        /// The act
        act: String,
        /// How many to name
        #[arg(long, default_value_t = 20)]
        first: usize,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Withdraw it: open obligations are released
    Withdraw {
        /// The act
        act: String,
        /// The reason, shown to every addressee
        #[arg(long)]
        why: String,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Record that everything is settled
    Complete {
        /// The act
        act: String,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
}

/// `bongsu campaign draft`.
#[derive(Args, Debug)]
pub(crate) struct DraftArgs {
    /// The case
    pub(crate) case: String,
    /// The station that issues
    #[arg(long)]
    pub(crate) issuer: String,
    /// What kind of act
    #[arg(long, value_enum, default_value_t = KindName::ActionRequest)]
    pub(crate) kind: KindName,
    /// The act to write anew; without it a new one
    #[arg(long)]
    pub(crate) act: Option<String>,
    /// Legal basis; a directive needs one
    #[arg(long)]
    pub(crate) basis: Option<String>,
    /// Title in Korean
    #[arg(long)]
    pub(crate) title_ko: String,
    /// Title in English
    #[arg(long)]
    pub(crate) title_en: String,
    /// What to do, in plain Korean
    #[arg(long)]
    pub(crate) todo_ko: String,
    /// What to do, in plain English
    #[arg(long)]
    pub(crate) todo_en: String,
    /// Only institutions of these competent ministries
    #[arg(long, num_args = 1..)]
    pub(crate) sector: Vec<String>,
    /// Also ask those of whom nothing is known
    #[arg(long)]
    pub(crate) ask_unknown: bool,
    /// Address everybody in the domain
    #[arg(long)]
    pub(crate) everybody: bool,
    #[command(flatten)]
    pub(crate) officer: AsArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// `bongsu obligation …`.
#[derive(Debug, Subcommand)]
pub(crate) enum ObligationCommand {
    /// What an institution owes, the nearest deadline first
    List {
        /// The institution, by id or its beginning
        institution: String,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Answer for an institution
    Answer {
        /// The act
        act: String,
        /// The institution
        institution: String,
        /// The answer
        #[command(subcommand)]
        answer: AnswerCommand,
        #[command(flatten)]
        officer: AnswerAsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Prove a claim, or refute it
    Verify {
        /// The act
        act: String,
        /// The institution
        institution: String,
        /// The file that proves it
        #[arg(long, value_name = "FILE")]
        evidence: PathBuf,
        /// How it was looked at: scan, inspection, audit
        #[arg(long)]
        how: String,
        /// It is not fixed
        #[arg(long)]
        refute: bool,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Decide on an extension or a waiver that was asked for
    Decide {
        /// The act
        act: String,
        /// The institution
        institution: String,
        /// Grant until this instant; without it the wish is refused
        #[arg(long, value_name = "TIME", value_parser = instant)]
        until: Option<Timestamp>,
        /// The reason
        #[arg(long)]
        why: String,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
}

/// What an institution answers.
#[derive(Debug, Subcommand)]
pub(crate) enum AnswerCommand {
    /// A named officer saw it
    Acknowledge,
    /// We are affected
    Affected,
    /// We are not, for this reason
    NotAffected {
        /// The reason
        #[arg(long)]
        why: String,
    },
    /// We do not know yet
    Unknown,
    /// It will be fixed by then
    Plan {
        /// The instant
        #[arg(long, value_name = "TIME", value_parser = instant)]
        until: Timestamp,
    },
    /// A workaround is in place
    Mitigate {
        /// Which
        #[arg(long)]
        how: String,
    },
    /// It is fixed
    Fixed {
        /// How
        #[arg(long, value_enum, default_value_t = RemedyName::Patched)]
        remedy: RemedyName,
        /// The file that backs it
        #[arg(long, value_name = "FILE")]
        evidence: PathBuf,
    },
    /// The accountable officer countersigns the claim of an operator or a provider
    Countersign,
    /// The forensic check that the shortest class needs
    Forensic {
        /// No trace of an intrusion was found
        #[arg(long)]
        clean: bool,
        /// The file with its result
        #[arg(long, value_name = "FILE")]
        evidence: PathBuf,
    },
    /// Ask for more time
    AskExtension {
        /// Until when
        #[arg(long, value_name = "TIME", value_parser = instant)]
        until: Timestamp,
        /// The reason
        #[arg(long)]
        why: String,
    },
    /// Ask to accept the remaining risk
    AskWaiver {
        /// Until when
        #[arg(long, value_name = "TIME", value_parser = instant)]
        until: Timestamp,
        /// The compensating control
        #[arg(long)]
        control: String,
    },
}

/// How a flaw was dealt with.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum RemedyName {
    /// Updated
    Patched,
    /// Removed
    Removed,
    /// Cut off
    Isolated,
    /// Taken out of service
    Retired,
}

/// `bongsu inventory …`.
#[derive(Debug, Subcommand)]
pub(crate) enum InventoryCommand {
    /// The systems of an institution, as their latest inventories have them
    List {
        /// The institution
        institution: String,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Publish a system's inventory; open obligations are looked at again
    Publish {
        /// The institution
        institution: String,
        /// The system, by id; a new one without it
        #[arg(long)]
        system: Option<String>,
        /// The system faces the internet
        #[arg(long)]
        exposed: bool,
        /// The inventory, as in `bongsu match`
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        knowledge: KnowledgeArgs,
        #[command(flatten)]
        officer: AsArgs,
        #[command(flatten)]
        node: NodeArgs,
    },
}

/// `bongsu ledger …`.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Size, root, last checkpoint
    Status {
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Write the record as files: checkpoint, tiles, entries
    Export {
        /// The folder; what is there already is not written again
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Verify a record from its files, or a proof of one entry, and a public key: nothing else
    Verify {
        /// The folder with the files, or the file of a proof
        dir: PathBuf,
        /// The file with the node's public key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// An older checkpoint that this record must have grown from
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
    },
    /// Rebuild all state from the record
    Replay {
        /// Compare it with the store and name the first difference
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// A proof that one entry is in the record, as a file of its own
    Prove {
        /// The number of the entry
        entry: u64,
        #[command(flatten)]
        node: NodeArgs,
    },
}

/// `bongsu store …`.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Copy the store while it is in use
    Backup {
        /// The file
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Move everything into another engine; the old one is left as it was, marked
    #[command(after_help = MOVE_EXAMPLES)]
    Move {
        /// Where to: the URL of an empty PostgreSQL database, or `file`
        #[arg(long, value_name = "URL")]
        to: String,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Put a backup in the place of a lost store; one that is behind the anchor is refused
    Restore {
        /// The file
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        #[command(flatten)]
        node: NodeArgs,
    },
}

/// `bongsu picture`.
#[derive(Args, Debug)]
pub(crate) struct PictureArgs {
    /// One act; without it every act that was issued
    pub(crate) act: Option<String>,
    #[command(flatten)]
    pub(crate) officer: AsArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// Reads an instant; one without an offset is refused.
fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| {
        format!("`{text}` is not an instant with an offset, such as 2026-11-22T02:10+09:00")
    })
}

const MOVE_EXAMPLES: &str = "\
Examples:
  bongsu store move --to 'postgres:///bongsu?host=/run/postgresql&user=bongsu'
  bongsu store move --to file
      back from PostgreSQL into the node's folder";
