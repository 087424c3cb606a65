//! The command line of a running node.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::desk::{NodeArgs, ProfileName};

/// `bongsu serve`.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 stopped as asked, or every check is well; 1 a check found something; 2 could not serve."
)]
pub(crate) struct ServeArgs {
    /// How to serve; without it `bongsu.toml` in the node's folder, and the defaults where there is none
    #[arg(long, env = "BONGSU_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where to listen, in the place of what the file says
    #[arg(long, env = "BONGSU_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Print the file with every setting, its default and what it means
    #[arg(long)]
    pub(crate) print_config: bool,
    /// Do not serve: look whether it could, and say what to do about what is wrong
    #[arg(long)]
    pub(crate) check: bool,
    /// Do not serve: ask the node that runs whether it is ready (for health checks of containers)
    #[arg(long, conflicts_with = "check")]
    pub(crate) health: bool,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
}

/// `bongsu node …`.
#[derive(Debug, Subcommand)]
pub(crate) enum NodeCommand {
    /// Make a real, empty node: its folder, its keys, its store
    Create {
        /// The station whose record it keeps, such as `COORD_PRIV`
        #[arg(long)]
        station: String,
        /// The name its record is signed with, such as coord.example.kr/record
        #[arg(long)]
        name: String,
        /// Keep state and record in this PostgreSQL database instead of a file
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// A drill's node: a clock of its own, no path to the real world
        #[arg(long)]
        drill: bool,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Give the station its first director, who lets everybody else in; prints a code to sign in with, once
    Admin {
        /// The title under which the post is known
        #[arg(long, default_value = "DIRECTOR")]
        title: String,
        /// There is a director, but nobody can sign in any more: a new code for that one
        #[arg(long)]
        recover: bool,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Let a program act for an officer; prints its id and its secret, once
    Program {
        /// The officer, by title; no program acts for a director, an approver or a keyholder
        #[arg(long = "as", value_name = "OFFICER")]
        officer: String,
        /// What the program is called
        #[arg(long, default_value = "command line")]
        name: String,
        #[command(flatten)]
        node: NodeArgs,
    },
    /// Enrol institutions and appoint officers from CSV files; whoever holds the node's keys may
    Enrol {
        /// Institutions: `id,registration,name_ko,name_en,ownership,competent,relay,size,province,marks`
        #[arg(long, value_name = "FILE")]
        institutions: Option<PathBuf>,
        /// Officers: `seat,post,title`
        #[arg(long, value_name = "FILE")]
        officers: Option<PathBuf>,
        /// Print a code to sign in with for each new officer
        #[arg(long)]
        invite: bool,
        #[command(flatten)]
        node: NodeArgs,
    },
}

/// `bongsu demo`.
#[derive(Args, Debug)]
#[command(
    after_help = "Everything lies in a folder of its own below the system's temporary one, and is gone at the end."
)]
pub(crate) struct DemoArgs {
    /// Seconds between two scenes, for an audience
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    pub(crate) pace: f64,
    /// How large the nation is
    #[arg(long, value_enum, default_value_t = ProfileName::Demo)]
    pub(crate) profile: ProfileName,
    /// Where the server answers on this machine; 0 takes any free port
    #[arg(long, default_value_t = 8787)]
    pub(crate) port: u16,
    /// End after the story
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Set the stage, publish the flaw, and leave the story to whoever sits at the pages
    #[arg(long, conflicts_with = "no_wait")]
    pub(crate) stage: bool,
    /// In which language it is told
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// A language.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Lang {
    /// 한국어
    Ko,
    /// English
    En,
}
