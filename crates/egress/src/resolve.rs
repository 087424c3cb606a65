//! Where a name is, asked once.

use std::{future::Future, io, net::IpAddr, pin::Pin};

/// What a resolver gives back.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Finds the addresses of a name. Tests put a lying one in its place.
pub trait Resolve: Send + Sync {
    /// All addresses of `name`, in the order to try them.
    fn resolve<'a>(&'a self, name: &'a str) -> Resolving<'a>;
}

/// The resolver of this machine.
#[derive(Clone, Copy, Debug)]
pub struct System;

impl Resolve for System {
    fn resolve<'a>(&'a self, name: &'a str) -> Resolving<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
