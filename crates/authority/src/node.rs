//! The stations of the beacon line: role codes, never ministry names. Names are dated data.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The domain of an institution (부문), which decides its lead ministry.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// 민간: companies, associations.
    Private,
    /// 공공: state, local and public institutions.
    Public,
    /// 국방: military bodies.
    Military,
}

impl Domain {
    /// The domain whose lead has an institution of this domain that was assigned to another; the military is not moved.
    pub(crate) fn or_assigned(self, assigned: Self) -> Self {
        if self == Self::Military || assigned == Self::Military { self } else { assigned }
    }
}

/// What a station is for (domain guide, section 3).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Role {
    /// Convenes, sees the national picture, decides disputes.
    Apex,
    /// Lead ministry of a domain (주관부처).
    Lead(Domain),
    /// Executing agency of a lead (조정기관).
    Coord(Domain),
    /// Joint incident response.
    CrisisUnit,
    /// Competent ministry of a sector (소관부처).
    Sector,
    /// Relays, aggregates, helps small members (ISAC, regional centre).
    Relay,
    /// Personal-data regulator.
    PrivacyReg,
    /// Police.
    Police,
    /// Foreign ministry: partners.
    Diplo,
    /// A foreign CERT.
    Partner,
}

/// The code of a station, such as `LEAD_PRIV`, `SECTOR_FIN` or `RELAY_FIN`.
///
/// - **Shape:** 2 to 32 characters of `A-Z`, `0-9` and `_`, beginning with a role.
/// - **Source:** domain guide, section 3.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct NodeCode(String);

/// Why a text is not the code of a station.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "`{0}` is not a station's code, such as APEX, LEAD_PRIV, COORD_PUB, SECTOR_FIN or RELAY_FIN"
)]
pub struct ParseNodeCodeError(pub String);

impl NodeCode {
    /// The lead ministry of a domain.
    pub fn lead(domain: Domain) -> Self {
        Self(format!("LEAD_{}", short(domain)))
    }

    /// The coordinating body of a domain's lead.
    pub fn coord(domain: Domain) -> Self {
        Self(format!("COORD_{}", short(domain)))
    }

    /// The apex.
    pub fn apex() -> Self {
        Self("APEX".to_owned())
    }

    /// What the station is for.
    pub fn role(&self) -> Role {
        role(&self.0).expect("a code begins with a role since it was read")
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn short(domain: Domain) -> &'static str {
    match domain {
        Domain::Private => "PRIV",
        Domain::Public => "PUB",
        Domain::Military => "MIL",
    }
}

fn role(code: &str) -> Option<Role> {
    Some(match code {
        "APEX" => Role::Apex,
        "LEAD_PRIV" => Role::Lead(Domain::Private),
        "LEAD_PUB" => Role::Lead(Domain::Public),
        "LEAD_MIL" => Role::Lead(Domain::Military),
        "COORD_PRIV" => Role::Coord(Domain::Private),
        "COORD_PUB" => Role::Coord(Domain::Public),
        "COORD_MIL" => Role::Coord(Domain::Military),
        "CRISIS_UNIT" => Role::CrisisUnit,
        "PRIVACY_REG" => Role::PrivacyReg,
        "POLICE" => Role::Police,
        "DIPLO" => Role::Diplo,
        _ if code.strip_prefix("SECTOR_").is_some_and(|rest| !rest.is_empty()) => Role::Sector,
        _ if code.strip_prefix("RELAY_").is_some_and(|rest| !rest.is_empty()) => Role::Relay,
        _ if code.strip_prefix("PARTNER_").is_some_and(|rest| !rest.is_empty()) => Role::Partner,
        _ => return None,
    })
}

impl FromStr for NodeCode {
    type Err = ParseNodeCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if text.len() > 32 || !text.bytes().all(plain) || role(text).is_none() {
            return Err(ParseNodeCodeError(text.chars().take(40).collect()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for NodeCode {
    type Error = ParseNodeCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NodeCode> for String {
    fn from(code: NodeCode) -> Self {
        code.0
    }
}

impl fmt::Display for NodeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
