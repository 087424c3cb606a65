//! The demonstration as a process of its own: the nation, and the flaw in the world.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A running demonstration; dropped, it is told to stop and leaves nothing behind.
pub(crate) struct Stage {
    process: Child,
    pub(crate) address: String,
}

/// How long a nation may take to stand.
const PATIENCE: Duration = Duration::from_mins(4);

impl Stage {
    /// The flaw is in the world and nobody has done anything.
    pub(crate) fn set() -> Self {
        Self::of(&["--stage"])
    }

    /// The night is over: acts are out, some have answered, some are late.
    pub(crate) fn after_the_story() -> Self {
        Self::of(&[])
    }

    fn of(words: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_bongsu"))
            .args(["demo", "--port", "0", "--lang", "en"])
            .args(words)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let mut address = None;
        // The address is told first, that the doors are open last.
        loop {
            let line = told.recv_timeout(PATIENCE).expect("the demonstration goes on");
            if let Some((_, found)) = line.split_once("http://")
                && address.is_none()
            {
                address = Some(format!("http://{}", found.trim()));
            }
            if line.starts_with("Ctrl-C") {
                break;
            }
        }
        let address = address.unwrap().replace("127.0.0.1", "localhost");
        Self { process, address }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}
