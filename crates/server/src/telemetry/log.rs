//! Lines of a log: JSON for machines, words for whoever sits at a terminal.

use std::io::IsTerminal;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry};

/// How lines are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// For people.
    Words,
}

impl Format {
    /// Words on a terminal, JSON anywhere else.
    pub fn of_stderr() -> Self {
        if std::io::stderr().is_terminal() { Self::Words } else { Self::Json }
    }
}

/// Starts the log of this process, on standard error. Only the first call counts.
pub fn start(format: Format, level: LevelFilter) {
    let colours = std::io::stderr().is_terminal();
    let log = Registry::default().with(layer(format, level, colours, std::io::stderr));
    let _ = log.try_init();
}

/// What writes lines. Our own crates write at `level`; others only warn, for at finer levels they write headers.
pub fn layer<W>(
    format: Format,
    level: LevelFilter,
    colours: bool,
    writer: W,
) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let others = level.min(LevelFilter::WARN);
    let targets = Targets::new().with_default(others).with_target("bongsu", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        Format::Json => lines.json().flatten_event(true).with_filter(targets).boxed(),
        Format::Words => lines.with_ansi(colours).with_filter(targets).boxed(),
    }
}
