//! A webhook: JSON for a program, signed so that it can tell who sent it.
//!
//! - **Source:** Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`; HMAC-SHA256 over
//!   `id.timestamp.body`. While a secret rotates, both sign.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bongsu_desk::code::Code;
use bongsu_response::{Act, Obligation};
use bongsu_store::{Message, Notice};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use serde_json::json;

use super::address::{Hook, Secret};
use super::failure::Failure;
use super::plain::{line, without_links};
use super::way::{Post, Unsent, Way};

/// How long a program may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// The name of a message for whoever receives it: the same each time it comes.
pub fn id(entry: u64, number: u64) -> String {
    format!("msg_{entry}_{number}")
}

/// What a program is told of a message.
pub(crate) fn body(
    message: &Message,
    act: &Act,
    (owed, code): (&Obligation, Code),
    now: Timestamp,
) -> Vec<u8> {
    let (kind, draft, clocks) = (act.kind, &act.draft, &owed.clocks);
    let notice = match message.notice {
        Notice::Issued => "issued",
        Notice::Released => "released",
        Notice::Sooner => "sooner",
        Notice::Late => "reminded",
    };
    let told = |text: &str| without_links(&line(text));
    let body = json!({
        "type": format!("bongsu.obligation.{notice}"),
        "timestamp": now,
        "data": {
            "act": act.id, "institution": owed.institution, "edition": act.edition,
            "case_code": code.to_string(), "entry": message.entry, "drill": draft.drill,
            "kind": kind.label_en(), "issuer": draft.issuer, "class": clocks.class,
            "exposure": owed.exposure, "systems": owed.systems,
            "acknowledge_by": clocks.acknowledge_by, "assess_by": clocks.assess_by, "fix_by": clocks.fix_by,
            "title_ko": told(&draft.title_ko), "title_en": told(&draft.title_en),
            "todo_ko": told(&draft.todo_ko), "todo_en": told(&draft.todo_en),
        },
    });
    body.to_string().into_bytes()
}

/// The signature header for a body: one signature for each secret that holds.
pub fn signature(
    id: &str,
    at: Timestamp,
    body: &[u8],
    secret: &Secret,
    before: Option<&(Secret, Timestamp)>,
) -> String {
    let before = before.filter(|(_, until)| at < *until).map(|(secret, _)| secret);
    let signed = [id.as_bytes(), b".", at.as_second().to_string().as_bytes(), b".", body].concat();
    let sign = |secret: &Secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, &signed)))
    };
    std::iter::once(secret).chain(before).map(sign).collect::<Vec<_>>().join(" ")
}

/// Where a webhook goes, and what signs it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint<'a> {
    pub(crate) url: &'a Hook,
    pub(crate) secret: &'a Secret,
    pub(crate) before: Option<&'a (Secret, Timestamp)>,
}

/// Sends one.
pub(crate) async fn send<W: Way>(
    way: &W,
    to: Endpoint<'_>,
    id: &str,
    body: Vec<u8>,
    now: Timestamp,
) -> Result<(), Failure> {
    let signature = signature(id, now, &body, to.secret, to.before);
    let mut headers = HeaderMap::with_capacity(5);
    let plain =
        |text: &str| HeaderValue::from_str(text).expect("ids, numbers and base64 are ASCII");
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("user-agent", HeaderValue::from_static("bongsu"));
    headers.insert("webhook-id", plain(id));
    headers.insert("webhook-timestamp", plain(&now.as_second().to_string()));
    headers.insert("webhook-signature", plain(&signature));
    let post = Post { url: to.url.url().clone(), headers, body, patience: PATIENCE, own: false };
    match way.post(post).await {
        Ok(200..=299) => Ok(()),
        Ok(410) => Err(Failure::Gone("410 gone".to_owned())),
        Ok(status @ 300..=399) => {
            Err(Failure::Theirs(format!("{status}: a redirect, which is never followed")))
        }
        Ok(status) => Err(Failure::Theirs(format!("answered {status}"))),
        Err(Unsent::Barred(why)) => Err(Failure::Gone(format!("not sent: {why}"))),
        Err(Unsent::Failed(why)) => Err(Failure::Theirs(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let secret: Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let at = Timestamp::from_second(1_614_265_330).unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signed = signature("msg_p5jXN8AQM9LWM0D4loKWxJek", at, body, &secret, None);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_a_secret_rotates_both_sign() {
        let (new, old) = (Secret::of(&[1; 32]).unwrap(), Secret::of(&[2; 32]).unwrap());
        let at: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let until = "2026-11-22T10:00:00Z".parse().unwrap();
        let before = Some((old.clone(), until));
        let both = signature("msg_1_1", at, b"{}", &new, before.as_ref());
        let alone = |secret| signature("msg_1_1", at, b"{}", secret, None);
        assert_eq!(both, format!("{} {}", alone(&new), alone(&old)));
        assert!(!signature("msg_1_1", until, b"{}", &new, before.as_ref()).contains(' '));
    }
}
