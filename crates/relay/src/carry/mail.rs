//! Mail: one text, no attachment, no markup, and a head that nobody else can write into.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::Mailbox as Named;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::{Address, Message};

use super::address::Mailbox;
use super::plain::{line, without_links};

/// A mail to somebody.
#[derive(Clone, Debug)]
pub struct Mail {
    /// From whom.
    pub from: Mailbox,
    /// To whom.
    pub to: Mailbox,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// Its name, the same each time it is sent; letters, digits, `.`, `-` and `_`.
    pub id: String,
    /// When it was written.
    pub at: Timestamp,
}

/// How long a mail's text may be, in bytes.
const LONGEST: usize = 256 << 10;

impl Mail {
    /// From whom and to whom, and the bytes.
    pub fn bytes(&self) -> (lettre::address::Envelope, Vec<u8>) {
        let named = |address: Address| Named::new(None, address);
        let subject: String = without_links(&line(&self.subject)).chars().take(200).collect();
        let mut end = self.text.len().min(LONGEST);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let lines: Vec<_> = self.text[..end].split('\n').map(line).collect();
        let text = without_links(&lines.join("\r\n"));
        let seconds = u64::try_from(self.at.as_second()).unwrap_or(0);
        let message = Message::builder()
            .from(named(self.from.address()))
            .to(named(self.to.address()))
            .subject(subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{}@{}>", self.id, self.from.host())))
            .header(ContentType::TEXT_PLAIN)
            .body(text);
        let mut message = message.expect("it has a sender and a recipient, and no part that fails");
        // RFC 3834: no machine answers a machine.
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".to_owned()));
        (message.envelope().clone(), message.formatted())
    }
}
