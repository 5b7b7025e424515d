//! `serve`: the page in dist/ for a browser, or for a class on the same network.
//!
//! hyper speaks HTTP; tower-http's `ServeDir` finds the file, its form (br, gzip or plain), type and tag. With one thing to answer
//! there is nothing to route. What stands here is how long a visitor is waited for and how many there may be.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::task::Poll;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use http_body_util::{Either, Full};
use hyper::body::{Body, Bytes};
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tower_http::services::ServeDir;
use tower_http::services::fs::{DefaultServeDirFallback, ServeFileSystemResponseBody};

use crate::build::build;
use crate::files::Files;
use crate::shell::dist;

/// How many are let in, and for how long.
#[derive(Clone, Copy)]
struct Limits {
    connections: usize,
    /// How long a visitor may take to ask, or may stop reading the answer, before the connection is given to another.
    patience: Duration,
}

/// A class of forty with the six connections that a browser opens, twice as many that idle, and some air.
const CLASS: Limits = Limits {
    connections: 1024,
    patience: Duration::from_secs(30),
};
/// The patience with those who are still being answered at Ctrl+C.
const LAST_PATIENCE: Duration = Duration::from_secs(3);
/// How soon to look again when no more visitors can be let in.
const BREATH: Duration = Duration::from_millis(100);
/// More than any browser sends. hyper's own refusal has no headers, so it reads on a little.
const MAX_HEAD_BYTES: usize = 16 * 1024;
const READ_BYTES: usize = 4 * MAX_HEAD_BYTES;

/// The page asks nobody but its own host for anything, and guesses nothing.
const ON_EVERY_ANSWER: [(HeaderName, &str); 4] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    ),
    (REFERRER_POLICY, "no-referrer"),
    (VARY, "accept-encoding"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

#[derive(Args)]
pub struct Options {
    /// Another port than 8080 (0: any free one)
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8080,
        hide_default_value = true
    )]
    port: u16,
    /// Let other machines in the same network open it
    #[arg(long)]
    host: bool,
    /// Serve it below a folder, as a static host might
    #[arg(long, value_name = "/a/b/", default_value = "", hide_default_value = true, value_parser = folder)]
    prefix: String,
    /// Serve dist/ as it is
    #[arg(long)]
    no_build: bool,
}

/// `a/b`, however many slashes are before and after it.
fn folder(prefix: &str) -> Result<String, Infallible> {
    Ok(prefix.trim_matches('/').to_owned())
}

/// Builds the page unless told otherwise, and serves it until it is stopped.
pub fn serve(options: &Options) -> Result<()> {
    if !options.no_build {
        build()?;
    }
    let dist = dist();
    if !dist.join("index.html").is_file() {
        bail!(
            "{} has no index.html: run cargo xtask build",
            dist.display()
        );
    }
    let files = Files::load(&dist, &options.prefix)
        .with_context(|| format!("{} cannot be read", dist.display()))?;
    // Some systems let a program open fewer connections than a class needs. Where that cannot be changed, the last visitors wait.
    rlimit::increase_nofile_limit(2 * CLASS.connections as u64).ok();
    // One thread: nothing ever waits for a disk.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (listeners, port) = listen(options)?;
        let below = match options.prefix.as_str() {
            "" => "/".to_owned(),
            prefix => format!("/{prefix}/"),
        };
        println!("PosNorm Lab: http://127.0.0.1:{port}{below}");
        if options.host {
            match network_address() {
                Some(address) => println!("In this network: http://{address}:{port}{below}"),
                None => {
                    println!(
                        "This machine has no address in a network; only it can open the page."
                    );
                }
            }
        }
        println!("Stop with Ctrl+C.");
        Ok(serve_until(tokio::signal::ctrl_c(), &listeners, files, CLASS).await?)
    })
}

/// The sockets for IPv4 and, where there is such a thing, IPv6; and the port that both have.
fn listen(options: &Options) -> Result<(Vec<TcpListener>, u16)> {
    let (four, six) = if options.host {
        (Ipv4Addr::UNSPECIFIED, Ipv6Addr::UNSPECIFIED)
    } else {
        (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST)
    };
    let first = match bind((four, options.port).into()) {
        Ok(listener) => listener,
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {} is in use, perhaps by another xtask serve: stop that one, or choose another port with --port {}",
            options.port,
            options.port.saturating_add(1)
        ),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => bail!(
            "port {} is reserved by the system: choose one above 1023 with --port",
            options.port
        ),
        Err(error) => {
            return Err(error).with_context(|| format!("port {} cannot be opened", options.port));
        }
    };
    let port = first.local_addr()?.port();
    // Not a reason to stop: the address that is printed is the other one.
    let second = bind((six, port).into()).ok();
    Ok((std::iter::once(first).chain(second).collect(), port))
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if address.is_ipv6() {
        // Otherwise some systems take IPv4 with it, where the port is taken already.
        socket.set_only_v6(true)?;
    }
    // On Windows this flag would let two servers have one port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    TcpListener::from_std(socket.into())
}

/// The address under which other machines see this one. Connecting a UDP socket sends nothing; it only asks the system which way it
/// would send.
fn network_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address reserved for documentation: it leads out by the default route and belongs to nobody.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

/// Answers everybody until `stop` has come, then lets answers under way end.
async fn serve_until<Stopped>(
    stop: impl Future<Output = Stopped>,
    listeners: &[TcpListener],
    files: Files,
    limits: Limits,
) -> Stopped {
    let site = ServeDir::with_backend("", files)
        .precompressed_br()
        .precompressed_gzip();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.patience)
        .max_buf_size(READ_BYTES);
    let visitors = GracefulShutdown::new();
    let accepting = async {
        loop {
            // Whoever finds no place waits with the system until there is one. So does everybody when the system has no descriptor left.
            if visitors.count() >= limits.connections {
                sleep(BREATH).await;
                continue;
            }
            let Ok(stream) = accept(listeners).await else {
                sleep(BREATH).await;
                continue;
            };
            stream.set_nodelay(true).ok();
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(limits.patience));
            let site = site.clone();
            let connection = http.serve_connection(
                TokioIo::new(Box::pin(stream)),
                service_fn(move |request| answer(site.clone(), request)),
            );
            // How a visitor ends the talk is their own affair.
            let connection = visitors.watch(connection);
            tokio::spawn(async { connection.await.ok() });
        }
    };
    let stopped = tokio::select! {
        stopped = stop => stopped,
        never = accepting => never,
    };
    timeout(LAST_PATIENCE, visitors.shutdown()).await.ok();
    stopped
}

/// The next visitor at any of the sockets.
async fn accept(listeners: &[TcpListener]) -> io::Result<TcpStream> {
    poll_fn(|context| {
        let mut next = listeners
            .iter()
            .map(|listener| listener.poll_accept(context));
        next.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
    .map(|(stream, _)| stream)
}

type Site = ServeDir<DefaultServeDirFallback, Files>;
type FileBody = ServeFileSystemResponseBody;

/// The file that is asked for, or the reason why not in words, with the headers that everything has.
async fn answer(
    mut site: Site,
    request: Request<impl Body + Send + 'static>,
) -> Result<Response<Either<FileBody, Full<Bytes>>>, Infallible> {
    let has_hash = has_hash(request.uri().path());
    let response = if head_bytes(&request) > MAX_HEAD_BYTES {
        refusal(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
    } else {
        // Reading from memory fails in one way only.
        let found = site.try_call(request).await;
        found.unwrap_or_else(|_| refusal(StatusCode::NOT_FOUND))
    };
    let (mut head, body) = response.into_parts();
    let is_there = head.status.is_success() || head.status == StatusCode::NOT_MODIFIED;
    let caching = if is_there && has_hash {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    head.headers
        .insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    for (name, value) in ON_EVERY_ANSWER {
        head.headers.insert(name, HeaderValue::from_static(value));
    }
    let body = if head.status.is_client_error() {
        head.headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        Either::Right(Full::from(format!("{}\n", head.status)))
    } else {
        Either::Left(body)
    };
    Ok(Response::from_parts(head, body))
}

fn refusal(status: StatusCode) -> Response<FileBody> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

fn head_bytes<Any>(request: &Request<Any>) -> usize {
    let lines = request.headers().iter();
    lines
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum::<usize>()
        + request.uri().path().len()
}

/// Whether the name holds a hash of the content, as in `tokens-1f0c22ab90e3d417.css`. Then it never has to be asked for again.
fn has_hash(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    file.split(['-', '_', '.'])
        .any(|part| part.len() >= 14 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests;
