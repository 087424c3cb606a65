//! Identity providers, as `bongsu.toml` names them: officers sign in there, too.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use bongsu_egress::{Egress, Outgoing};
use bongsu_server::signin::oidc::{ClientSecret, Provider};
use http::StatusCode;
use serde::Deserialize;
use url::{Host, Url};

use super::config::{self, Config};

/// An identity provider in the file. Who somebody is follows from its issuer and the subject it names, linked to a person
/// by an invitation; no other claim of it is believed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) issuer: Url,
    pub(crate) client_id: String,
    pub(crate) secret_file: PathBuf,
}

/// Providers of one node.
const MOST: usize = 32;

/// The longest name, in characters.
const LONGEST_NAME: usize = 40;

/// What no single value says; nothing is read.
pub(super) fn sound(all: &[Named]) -> Result<()> {
    ensure!(all.len() <= MOST, "signin.provider: at most {MOST} of them");
    let mut names = BTreeSet::new();
    for Named { name, issuer, client_id, .. } in all {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        ensure!(
            (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(plain),
            "signin.provider name \"{name}\": it stands in addresses, so it has 1 to {LONGEST_NAME} letters a to z, digits and -"
        );
        ensure!(
            names.insert(name),
            "signin.provider name \"{name}\" stands twice: give each its own"
        );
        let bare = issuer.query().is_none() && issuer.fragment().is_none();
        if !bare || !(issuer.scheme() == "https" || is_here(issuer)) {
            bail!(
                "signin.provider {name}: issuer {issuer} is an https address without ? and #, as the provider writes it itself"
            );
        }
        ensure!(
            !client_id.is_empty(),
            "signin.provider {name}: client_id is how the provider knows this node; its operator gives it to you"
        );
    }
    Ok(())
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The providers, with their secrets.
pub(super) fn providers(config: &Config) -> Result<Vec<Provider>> {
    config.signin.provider.iter().map(|one| provider(config, one)).collect()
}

/// One of them. Browsers are sent back to the first origin.
pub(super) fn provider(config: &Config, one: &Named) -> Result<Provider> {
    let Named { name, issuer, client_id, secret_file } = one;
    let origin = config.signin.origins.first().with_context(|| {
        format!(
            "signin.provider {name} sends browsers back to the first of signin.origins: name one"
        )
    })?;
    let back = format!("/api/v1/oidc/{name}/callback");
    let secret = config::secret(secret_file).with_context(|| format!("signin.provider {name}"))?;
    Ok(Provider {
        name: name.clone(),
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        client_secret: ClientSecret(secret),
        redirect: origin.join(&back).context("signin.origins")?,
    })
}

/// What a provider says about itself, as far as a check reads it.
#[derive(Deserialize)]
struct Known {
    issuer: String,
}

/// The largest answer, in bytes.
const LARGEST: u64 = 256 << 10;

/// Asks a provider who it is, as signing in will.
pub(super) async fn answers(provider: &Provider, egress: &Egress) -> Result<String> {
    let base = provider.issuer.as_str().trim_end_matches('/');
    let place: Url = format!("{base}/.well-known/openid-configuration").parse()?;
    let asked = Outgoing { redirects: 0, most_bytes: LARGEST, ..Outgoing::get(place.clone()) };
    let answer = egress.send(asked).await.with_context(|| {
        format!("{place} does not answer: is the issuer right, and the way open? A host inside is named in [[egress.own]]")
    })?;
    ensure!(
        answer.status == StatusCode::OK,
        "{place} answers {}: is the issuer right?",
        answer.status
    );
    let known: Known = serde_json::from_slice(&answer.body).with_context(|| {
        format!("{place} is not what OpenID Connect says: is the issuer right?")
    })?;
    ensure!(
        known.issuer.trim_end_matches('/') == base,
        "it says that it is {}: write issuer as it does",
        known.issuer
    );
    Ok(format!("{base} answers; register {} there", provider.redirect))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[signin]\norigins = [\"https://bongsu.example\"]\n";

    fn entry(name: &str, issuer: &str) -> String {
        format!(
            "[[signin.provider]]\nname = \"{name}\"\nissuer = \"{issuer}\"\nclient_id = \"node\"\nsecret_file = \"/nowhere\"\n"
        )
    }

    #[test]
    fn a_provider_sends_browsers_back_to_the_first_origin() {
        let folder = std::env::temp_dir().join(format!("bongsu-identity-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("secret");
        std::fs::write(&file, "between-us\n").unwrap();
        let entry = entry("ministry", "https://id.ministry.example/realms/a");
        let text = format!("{FILE}{}", entry.replace("/nowhere", file.to_str().unwrap()));
        let all = providers(&Config::parse(&text).unwrap()).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].client_secret, ClientSecret("between-us".to_owned()));
        assert_eq!(
            all[0].redirect.as_str(),
            "https://bongsu.example/api/v1/oidc/ministry/callback"
        );
        let _ = std::fs::remove_dir_all(&folder);
    }

    #[test]
    fn what_is_no_provider_is_refused_before_anything_is_read() {
        let said = |rest: &str| Config::parse(&format!("{FILE}{rest}")).unwrap_err().to_string();
        let good = entry("ministry", "https://id.ministry.example");
        assert!(Config::parse(&format!("{FILE}{good}")).is_ok());
        assert!(said(&entry("a/b", "https://id.ministry.example")).contains("letters a to z"));
        assert!(said(&entry("ministry", "http://id.ministry.example")).contains("https"));
        assert!(said(&entry("ministry", "https://id.ministry.example/?a")).contains("https"));
        assert!(said(&format!("{good}{good}")).contains("twice"));
        assert!(said(&good.replace("client_id = \"node\"", "client_id = \"\"")).contains("knows"));
        assert!(
            said(&good.replace("secret_file", "secretfile")).contains("did you mean `secret_file`")
        );
    }

    #[test]
    fn a_secret_that_is_not_there_names_its_provider_and_its_file() {
        let text = format!("{FILE}{}", entry("ministry", "https://id.ministry.example"));
        let error = providers(&Config::parse(&text).unwrap()).unwrap_err();
        let said = format!("{error:#}");
        assert!(said.contains("ministry") && said.contains("/nowhere"), "{said}");
    }
}
