//! Signing in: who comes through the door.

pub mod token;

use std::sync::Arc;

use bongsu_desk::Desk;
use http::{Extensions, HeaderMap, header};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::problem::Problem;

/// Where people and programs come in.
#[derive(Debug)]
pub struct Door {
    tokens: token::Tokens,
}

impl Door {
    pub(crate) fn new(desk: Arc<Desk>) -> Self {
        Self { tokens: token::Tokens::new(desk) }
    }

    /// The tokens of programs.
    pub fn tokens(&self) -> &token::Tokens {
        &self.tokens
    }

    /// Says who comes; nobody, where nothing was shown.
    ///
    /// # Errors
    /// [`Problem`] 401 where what was shown is not, or no longer, good.
    pub(crate) fn admit(
        &self,
        headers: &HeaderMap,
        _connection: &Extensions,
        now: Timestamp,
    ) -> Result<Option<Caller>, Problem> {
        let Some(shown) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
        let bearer = shown.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        self.tokens.caller(bearer.ok_or_else(Problem::nobody)?, now).map(Some)
    }
}
