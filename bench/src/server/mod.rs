//! What the server carries. The load comes from the same two cores, so each figure is a floor.

mod load;
mod node;
mod poll;

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
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Node(arguments) => node::run(arguments),
        Command::Poll(arguments) => poll::poll(arguments),
        Command::Answers(arguments) => poll::answers(arguments),
    }
}
