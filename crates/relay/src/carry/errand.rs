//! One errand: one channel, one addressee, what is told. Going on it touches nothing but the network.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use bongsu_desk::code::Code;
use bongsu_response::{Act, Obligation};
use bongsu_store::Message;
use jiff::Timestamp;

use super::address::{Address, Channel, Reach};
use super::book::Health;
use super::carrier::Ways;
use super::failure::Failure;
use super::letter::Letter;
use super::mail::Mail;
use super::parcel::Taken;
use super::plan::{Situation, Step, Urgency};
use super::trail::Trail;
use super::way::Way;
use super::webhook::{self, Endpoint};
use super::zone::Zone;

/// A message with all that is needed to tell it.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) message: Message,
    pub(crate) trail: Trail,
    pub(crate) urgency: Urgency,
    /// Is the addressee small?
    pub(crate) small: bool,
    pub(crate) live: [Option<Timestamp>; 4],
    pub(crate) digest: Timestamp,
    pub(crate) act: Arc<Act>,
    pub(crate) owed: Obligation,
    pub(crate) code: Code,
    pub(crate) name_ko: String,
    pub(crate) name_en: String,
    pub(crate) title: String,
    pub(crate) zone: Zone,
}

impl Ready {
    pub(crate) fn situation(&self, now: Timestamp) -> Situation<'_> {
        let Self { urgency, trail, live, digest, small, .. } = self;
        Situation { urgency: *urgency, trail, live: *live, digest: *digest, small: *small, now }
    }

    pub(crate) fn step(&self, now: Timestamp) -> Step {
        self.situation(now).step()
    }

    fn letter(&self, now: Timestamp) -> Letter<'_> {
        Letter {
            notice: self.message.notice,
            act: &self.act,
            owed: &self.owed,
            code: self.code,
            name_ko: &self.name_ko,
            name_en: &self.name_en,
            title: &self.title,
            zone: &self.zone,
            now,
        }
    }
}

/// An address to try, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) holder: [u8; 16],
    pub(crate) address: Address,
}

/// An errand.
#[derive(Debug)]
pub(crate) struct Errand {
    pub(crate) channel: Channel,
    /// Messages about obligations of one institution; more than one in a digest only.
    pub(crate) messages: Vec<Ready>,
    /// What the ladder says to the same addressee.
    pub(crate) parcels: Vec<Taken>,
    pub(crate) targets: Vec<Target>,
    pub(crate) zone: Zone,
}

/// What came of an errand.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) errand: Errand,
    pub(crate) result: Result<(), Failure>,
    pub(crate) health: Vec<Health>,
}

/// Letters in one mail; more lie in the inbox.
const LETTERS: usize = 100;

impl Errand {
    /// Goes to every address. It has arrived where one of them took it.
    pub(crate) async fn go<W: Way>(self, ways: &Ways<W>, now: Timestamp) -> Outcome {
        let mut result = Err(Failure::Ours("no address".to_owned()));
        let mut health = Vec::with_capacity(self.targets.len());
        let told = self.told(ways, now);
        for Target { holder, address } in &self.targets {
            let sent = match &told {
                Some(told) => told.send(ways, self.channel, address, now).await,
                None => Err(Failure::Ours(format!("no {} is set up", self.channel.name()))),
            };
            let wrong = match &sent {
                Ok(()) => Some(None),
                Err(failure) => failure.blames().map(|gone| Some((failure.to_string(), gone))),
            };
            let (holder, number, since) = (*holder, address.number, address.since);
            health.extend(wrong.map(|wrong| Health { holder, number, since, wrong }));
            if result.is_err() {
                result = sent;
            }
        }
        Outcome { errand: self, result, health }
    }

    /// What is told, once for all addresses.
    fn told<W: Way>(&self, ways: &Ways<W>, now: Timestamp) -> Option<Told> {
        Some(match self.channel {
            Channel::Inbox => return None,
            Channel::Webhook => {
                let ready = self.messages.first()?;
                let id = webhook::id(ready.message.entry, ready.message.number);
                let body =
                    webhook::body(&ready.message, &ready.act, (&ready.owed, ready.code), now);
                Told::Json { id, body }
            }
            Channel::Mail => {
                let drill = self.drill();
                let _relay = ways.relay(drill)?;
                let (subject, text) = self.mail(now);
                Told::Mail { id: self.id(), subject, text, drill }
            }
            Channel::Sms | Channel::Voice => {
                let first = self.messages.first().map(|ready| ready.letter(now).short());
                let text = first
                    .or_else(|| self.parcels.first().map(|it| it.parcel.short(&self.zone, now)))?;
                Told::Short { id: self.id(), text, drill: self.drill() }
            }
        })
    }

    pub(crate) fn drill(&self) -> bool {
        let act = self.messages.first().map(|ready| ready.act.draft.drill);
        act.unwrap_or_else(|| self.parcels.iter().any(|it| it.parcel.drill))
    }

    /// A name that is the same for the same content: that of its message, or a digest of all names in it.
    fn id(&self) -> String {
        if let ([one], []) = (self.messages.as_slice(), self.parcels.as_slice()) {
            return format!("m_{}_{}", one.message.entry, one.message.number);
        }
        let mut names = Vec::new();
        for ready in &self.messages {
            names.extend(ready.message.entry.to_be_bytes());
            names.extend(ready.message.number.to_be_bytes());
        }
        names.extend(self.parcels.iter().flat_map(|it| it.parcel.id));
        let hash = digest(&SHA256, &names);
        hash.as_ref()[..16].iter().fold("d_".to_owned(), |id, byte| format!("{id}{byte:02x}"))
    }

    /// The head and the text of a mail: one letter, or all of a digest under each other; Korean first.
    fn mail(&self, now: Timestamp) -> (String, String) {
        let count = self.messages.len() + self.parcels.len();
        let subject = match (self.messages.as_slice(), self.parcels.as_slice()) {
            ([one], []) => one.letter(now).subject(),
            ([], [one]) => one.parcel.subject(now),
            _ => {
                let drill = if self.drill() { "[훈련 DRILL] " } else { "" };
                format!("{drill}[봉수] 알림 {count}건 / {count} notices")
            }
        };
        let letters = self.messages.iter().map(|ready| ready.letter(now).parts());
        let parcels = self.parcels.iter().map(|it| it.parcel.text(&self.zone, now));
        let (ko, en): (Vec<_>, Vec<_>) = parcels.chain(letters).take(LETTERS).unzip();
        let rest = count.saturating_sub(LETTERS);
        let more = if rest == 0 {
            String::new()
        } else {
            format!("\n그 밖에 {rest}건은 수신함에 있습니다. / {rest} more are in the inbox.\n")
        };
        let line = "\n----\n\n";
        let end = "답장하지 마십시오. 이 알림에는 링크가 없습니다. / Do not reply. Our notices carry no links.\n";
        (subject, format!("{}\n====\n\n{}{more}\n{end}", ko.join(line), en.join(line)))
    }
}

/// What is told on a channel.
enum Told {
    Json { id: String, body: Vec<u8> },
    Mail { id: String, subject: String, text: String, drill: bool },
    Short { id: String, text: String, drill: bool },
}

impl Told {
    async fn send<W: Way>(
        &self,
        ways: &Ways<W>,
        channel: Channel,
        address: &Address,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let absent = || Failure::Ours(format!("no {} is set up", channel.name()));
        match (self, &address.reach) {
            (Self::Json { id, body }, Reach::Webhook { url, secret, before }) => {
                let to = Endpoint { url, secret, before: before.as_ref() };
                webhook::send(ways.way(), to, id, body.clone(), now).await
            }
            (Self::Mail { id, subject, text, drill }, Reach::Mail(to)) => {
                let relay = ways.relay(*drill).ok_or_else(absent)?;
                let mail = Mail {
                    from: relay.from().clone(),
                    to: to.clone(),
                    subject: subject.clone(),
                    text: text.clone(),
                    id: id.clone(),
                    at: now,
                };
                let (envelope, bytes) = mail.bytes();
                relay.send(&envelope, &bytes).await
            }
            (Self::Short { id, text, drill }, Reach::Telephone { number, .. }) => {
                let gateway = ways.gateway(*drill).ok_or_else(absent)?;
                gateway.send(ways.way(), channel, number, text, id).await
            }
            _ => Err(absent()),
        }
    }
}
