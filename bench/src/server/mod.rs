//! What the server carries. The load comes from the same two cores, so each figure is a floor.

mod hold;
pub(crate) mod kills;
pub(crate) mod load;
pub(crate) mod node;
mod overload;
pub(crate) mod poll;
mod rooms;
mod upload;

/// What to measure.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Serve a nation to the other commands.
    #[command(hide = true)]
    Node(node::Arguments),
    /// How many polls of what one owes a second, signed in, with a tag that has not changed?
    Poll(poll::Arguments),
    /// How many durable answers a second, with clients that wait for each?
    Answers(poll::Arguments),
    /// How many connections that wait for events, at which price, and how soon does each hear?
    Hold(hold::Arguments),
    /// Who is sent away when ten times too much is asked, and how soon is everything as before?
    Overload(overload::Arguments),
    /// How soon is what ministries' rooms ask answered?
    Rooms(rooms::Arguments),
    /// How long from an SBOM until what it exposes can be read?
    Upload(upload::Arguments),
    /// Is anything lost or doubled when the node is killed under load?
    Kills(kills::Arguments),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Node(arguments) => node::run(arguments),
        Command::Poll(arguments) => poll::poll(arguments),
        Command::Answers(arguments) => poll::answers(arguments),
        Command::Hold(arguments) => hold::run(arguments),
        Command::Overload(arguments) => overload::run(arguments),
        Command::Rooms(arguments) => rooms::run(arguments),
        Command::Upload(arguments) => upload::run(arguments),
        Command::Kills(arguments) => kills::run(arguments),
    }
}
