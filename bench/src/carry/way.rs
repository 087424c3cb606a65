//! A way to sinks on this machine: HTTP without TLS, a connection a request.

use bongsu_relay::carry::way::{Post, Unsent, Way};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Loopback;

impl Way for Loopback {
    fn check(&self, _: &Url) -> Result<(), Unsent> {
        Ok(())
    }

    async fn post(&self, post: Post) -> Result<u16, Unsent> {
        let said = tokio::time::timeout(post.patience, say(&post)).await;
        let said = said.map_err(|_| Unsent::Failed("too slow".to_owned()))?;
        said.map_err(|error| Unsent::Failed(error.to_string()))
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Unsent> {
        TcpStream::connect((host, port)).await.map_err(|error| Unsent::Failed(error.to_string()))
    }
}

async fn say(post: &Post) -> std::io::Result<u16> {
    use std::fmt::Write as _;
    let host = post.url.host_str().unwrap_or_default();
    let mut stream = TcpStream::connect((host, post.url.port().unwrap_or(80))).await?;
    let length = post.body.len();
    let mut head = format!(
        "POST {} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n",
        post.url.path()
    );
    for (name, value) in &post.headers {
        let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    head.push_str("\r\n");
    let bytes = [head.as_bytes(), &post.body].concat();
    stream.write_all(&bytes).await?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await?;
    let status = std::str::from_utf8(&answer[9..12]).ok().and_then(|it| it.parse().ok());
    status.ok_or_else(|| std::io::Error::other("no status"))
}
