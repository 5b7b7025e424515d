//! `serve`: a small web server for dist/, good enough for a class on the same network.
//!
//! Every file is read and compressed once at the start, and a request can only name one of these files: nothing else on the disk can
//! be asked for, whatever the path says.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};

use crate::build::build;
use crate::shell::dist;

/// More than any browser sends; a longer head is no browser.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// A class of forty with the six connections that a browser opens, and some air.
const MAX_CONNECTIONS: usize = 512;
/// How long a connection may stay silent before its thread is given back.
const IDLE: Duration = Duration::from_secs(30);

/// Builds the page unless told otherwise, and serves it until it is stopped.
pub fn serve(arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    if options.build {
        build()?;
    }
    let site = Arc::new(Site::load(&dist(), &options.prefix)?);
    let listener = listen(&options)?;
    let port = listener.local_addr()?.port();

    println!("PosNorm Lab: http://127.0.0.1:{port}{}", options.prefix);
    if options.host {
        match network_address() {
            Some(address) => println!("In this network: http://{address}:{port}{}", options.prefix),
            None => {
                println!("This machine has no address in a network; only it can open the page.");
            }
        }
    }
    println!("Stop with Ctrl+C.");

    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        // A visitor who is gone before being answered is no reason to stop.
        let Ok(stream) = stream else { continue };
        if open.load(Ordering::Relaxed) >= MAX_CONNECTIONS {
            continue;
        }
        open.fetch_add(1, Ordering::Relaxed);
        let (site, open) = (Arc::clone(&site), Arc::clone(&open));
        thread::spawn(move || {
            converse(&site, stream).ok();
            open.fetch_sub(1, Ordering::Relaxed);
        });
    }
    Ok(())
}

struct Options {
    port: u16,
    host: bool,
    /// Starts and ends with a slash.
    prefix: String,
    build: bool,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            port: 8080,
            host: false,
            prefix: "/".to_owned(),
            build: true,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--host" => options.host = true,
                "--no-build" => options.build = false,
                "--port" => {
                    let port = arguments
                        .next()
                        .context("--port needs a number, as in --port 8080")?;
                    options.port = port.parse().with_context(|| {
                        format!("--port {port}: a port is a number from 0 to 65535")
                    })?;
                }
                "--prefix" => {
                    let prefix = arguments
                        .next()
                        .context("--prefix needs a folder, as in --prefix /some/folder/")?;
                    let inner = prefix.trim_matches('/');
                    options.prefix = if inner.is_empty() {
                        "/".to_owned()
                    } else {
                        format!("/{inner}/")
                    };
                }
                other => bail!("serve does not know {other}: cargo xtask help lists its options"),
            }
        }
        Ok(options)
    }
}

fn listen(options: &Options) -> Result<TcpListener> {
    let address = if options.host {
        Ipv4Addr::UNSPECIFIED
    } else {
        Ipv4Addr::LOCALHOST
    };
    match TcpListener::bind(SocketAddr::new(IpAddr::V4(address), options.port)) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {} is in use, perhaps by another xtask serve: stop that one, or choose another port with --port {}",
            options.port,
            options.port.saturating_add(1)
        ),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            bail!(
                "port {} is reserved by the system: choose one above 1023 with --port",
                options.port
            )
        }
        Err(error) => Err(error).with_context(|| format!("port {} cannot be opened", options.port)),
    }
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

/// Answers one connection's requests until either side ends it.
fn converse(site: &Site, mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut received = Vec::new();
    loop {
        let Some(head) = read_head(&mut stream, &mut received)? else {
            return Ok(());
        };
        let Some(request) = Request::parse(&head) else {
            return Response::words("400 Bad Request", "This is not an HTTP request.\n").send(
                &mut stream,
                true,
                false,
            );
        };
        let keep_alive = request.keep_alive && !request.has_body;
        site.answer(&request)
            .send(&mut stream, request.method != "HEAD", keep_alive)?;
        if !keep_alive {
            return Ok(());
        }
    }
}

/// The next request up to its empty line; what follows it stays in `received`. None when the visitor has closed or talks nonsense.
fn read_head(stream: &mut TcpStream, received: &mut Vec<u8>) -> std::io::Result<Option<String>> {
    const END: &[u8] = b"\r\n\r\n";
    loop {
        if let Some(end) = received.windows(END.len()).position(|window| window == END) {
            let head: Vec<u8> = received.drain(..end + END.len()).collect();
            return Ok(Some(String::from_utf8_lossy(&head).into_owned()));
        }
        if received.len() > MAX_HEAD_BYTES {
            return Ok(None);
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk)? {
            0 => return Ok(None),
            n_read => received.extend_from_slice(&chunk[..n_read]),
        }
    }
}

/// What of a request matters to a server of files.
#[derive(Debug, Default, PartialEq)]
struct Request {
    method: String,
    /// Without the query, percent signs decoded.
    path: String,
    if_none_match: String,
    accepts_gzip: bool,
    keep_alive: bool,
    has_body: bool,
}

impl Request {
    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let method = first.next()?.to_owned();
        let target = first.next().filter(|target| target.starts_with('/'))?;
        let version = first
            .next()
            .filter(|version| version.starts_with("HTTP/1."))?;
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let mut request = Self {
            method,
            path: percent_decode(path)?,
            keep_alive: version == "HTTP/1.1",
            ..Self::default()
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "if-none-match" => request.if_none_match = value.to_owned(),
                "accept-encoding" => {
                    request.accepts_gzip = value.split(',').any(|coding| {
                        let mut parts = coding.split(';').map(str::trim);
                        parts.next() == Some("gzip") && !parts.any(|weight| weight == "q=0")
                    });
                }
                "connection" if value.eq_ignore_ascii_case("close") => request.keep_alive = false,
                "content-length" => request.has_body = value != "0",
                "transfer-encoding" => request.has_body = true,
                _ => {}
            }
        }
        Some(request)
    }
}

fn percent_decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// All files of the page, in memory, by their path below the prefix.
struct Site {
    prefix: String,
    files: BTreeMap<String, File>,
}

struct File {
    mime: &'static str,
    body: Vec<u8>,
    /// Only where it is smaller than the body.
    gzip: Option<Vec<u8>>,
    etag: String,
    /// The name holds a hash of the content, so the browser never has to ask again.
    is_immutable: bool,
}

impl Site {
    fn load(folder: &Path, prefix: &str) -> Result<Self> {
        let mut site = Self {
            prefix: prefix.to_owned(),
            files: BTreeMap::new(),
        };
        site.add_folder(folder, "").with_context(|| {
            format!("{} cannot be read: run cargo xtask build", folder.display())
        })?;
        if !site.files.contains_key("index.html") {
            bail!(
                "{} has no index.html: run cargo xtask build",
                folder.display()
            );
        }
        Ok(site)
    }

    fn add_folder(&mut self, folder: &Path, below: &str) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.add_folder(&entry.path(), &format!("{name}/"))?;
            } else {
                self.add_file(&name, fs::read(entry.path())?)?;
            }
        }
        Ok(())
    }

    fn add_file(&mut self, name: &str, body: Vec<u8>) -> Result<()> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&body)?;
        let gzip = encoder.finish()?;
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let file = File {
            mime: mime(name),
            gzip: (gzip.len() < body.len()).then_some(gzip),
            // Weak: the compressed form has the same tag.
            etag: format!("W/\"{:016x}\"", hasher.finish()),
            is_immutable: has_hash(name),
            body,
        };
        self.files.insert(name.to_owned(), file);
        Ok(())
    }

    fn answer(&self, request: &Request) -> Response<'_> {
        if request.method != "GET" && request.method != "HEAD" {
            let mut response = Response::words(
                "405 Method Not Allowed",
                "This server only hands out files.\n",
            );
            response.headers.push(("Allow", "GET, HEAD".to_owned()));
            return response;
        }
        if format!("{}/", request.path) == self.prefix {
            let mut response = Response::words("301 Moved Permanently", "");
            response.headers.push(("Location", self.prefix.clone()));
            return response;
        }
        let name = request.path.strip_prefix(&self.prefix).map(|name| {
            if name.is_empty() || name.ends_with('/') {
                format!("{name}index.html")
            } else {
                name.to_owned()
            }
        });
        match name.and_then(|name| self.files.get(&name)) {
            Some(file) => Response::of_file(file, request),
            None => Response::words("404 Not Found", "There is no such file here.\n"),
        }
    }
}

struct Response<'site> {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    body: &'site [u8],
}

impl<'site> Response<'site> {
    fn words(status: &'static str, text: &'site str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", mime("words.txt").to_owned())],
            body: text.as_bytes(),
        }
    }

    fn of_file(file: &'site File, request: &Request) -> Self {
        let caching = if file.is_immutable {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let mut headers = vec![
            ("Cache-Control", caching.to_owned()),
            ("ETag", file.etag.clone()),
            ("Vary", "Accept-Encoding".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
        ];
        if request
            .if_none_match
            .split(',')
            .any(|tag| tag.trim() == file.etag)
        {
            return Self {
                status: "304 Not Modified",
                headers,
                body: &[],
            };
        }
        headers.push(("Content-Type", file.mime.to_owned()));
        let body = match &file.gzip {
            Some(gzip) if request.accepts_gzip => {
                headers.push(("Content-Encoding", "gzip".to_owned()));
                gzip
            }
            _ => &file.body,
        };
        Self {
            status: "200 OK",
            headers,
            body,
        }
    }

    fn send(
        &self,
        stream: &mut TcpStream,
        with_body: bool,
        keep_alive: bool,
    ) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {}\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.status != "304 Not Modified" {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str(if keep_alive {
            "Connection: keep-alive\r\n\r\n"
        } else {
            "Connection: close\r\n\r\n"
        });
        // Head and body in one write: two would wait for each other on a slow network.
        let mut bytes = head.into_bytes();
        if with_body {
            bytes.extend_from_slice(self.body);
        }
        stream.write_all(&bytes)
    }
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether trunk has put a hash in the name, as in `tokens-1f0c22ab90e3d417.css`.
fn has_hash(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    file.split(['-', '_', '.'])
        .any(|part| part.len() >= 14 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A site with one page, one script that compresses well, and one file that does not.
    fn site(prefix: &str) -> Site {
        let mut site = Site {
            prefix: prefix.to_owned(),
            files: BTreeMap::new(),
        };
        site.add_file("index.html", b"<title>PosNorm Lab</title>".to_vec())
            .expect("fits in memory");
        site.add_file(
            "app-0123456789abcdef.js",
            "let x = 0;\n".repeat(100).into_bytes(),
        )
        .expect("fits in memory");
        site.add_file("app-0123456789abcdef-opt132_bg.wasm", b"\0asm".to_vec())
            .expect("fits in memory");
        site
    }

    fn get(path: &str) -> Request {
        Request::parse(&format!(
            "GET {path} HTTP/1.1\r\nAccept-Encoding: br, gzip\r\n\r\n"
        ))
        .expect("is a request")
    }

    fn header<'a>(response: &'a Response<'_>, name: &str) -> Option<&'a str> {
        response
            .headers
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, value)| value.as_str())
    }

    #[test]
    fn each_kind_of_file_has_its_type() {
        let site = site("/");
        let types =
            |path: &str| header(&site.answer(&get(path)), "Content-Type").map(str::to_owned);
        assert_eq!(types("/").as_deref(), Some("text/html; charset=utf-8"));
        assert_eq!(
            types("/app-0123456789abcdef.js").as_deref(),
            Some("text/javascript; charset=utf-8")
        );
        assert_eq!(
            types("/app-0123456789abcdef-opt132_bg.wasm").as_deref(),
            Some("application/wasm")
        );
    }

    #[test]
    fn what_compresses_is_sent_compressed_to_those_who_accept_it() {
        let site = site("/");
        let script = get("/app-0123456789abcdef.js");
        let response = site.answer(&script);
        assert_eq!(header(&response, "Content-Encoding"), Some("gzip"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(Cursor::new(response.body))
            .read_to_string(&mut text)
            .expect("is gzip");
        assert_eq!(text, "let x = 0;\n".repeat(100));

        let plain = Request {
            accepts_gzip: false,
            ..script
        };
        assert_eq!(header(&site.answer(&plain), "Content-Encoding"), None);
        assert_eq!(site.answer(&plain).body, text.as_bytes());
        let refused = Request::parse("GET / HTTP/1.1\r\nAccept-Encoding: gzip;q=0\r\n\r\n")
            .expect("is a request");
        assert!(!refused.accepts_gzip);
    }

    #[test]
    fn only_names_with_a_hash_are_cached_for_good() {
        let site = site("/");
        let caching =
            |path: &str| header(&site.answer(&get(path)), "Cache-Control").map(str::to_owned);
        assert_eq!(caching("/").as_deref(), Some("no-cache"));
        assert!(
            caching("/app-0123456789abcdef.js")
                .expect("is set")
                .contains("immutable")
        );
        assert!(
            caching("/app-0123456789abcdef-opt132_bg.wasm")
                .expect("is set")
                .contains("immutable")
        );
    }

    #[test]
    fn a_page_that_the_browser_has_is_not_sent_again() {
        let site = site("/");
        let etag = header(&site.answer(&get("/")), "ETag")
            .expect("is set")
            .to_owned();
        let again = Request {
            if_none_match: etag,
            ..get("/")
        };
        let response = site.answer(&again);
        assert_eq!(
            (response.status, response.body.len()),
            ("304 Not Modified", 0)
        );
    }

    #[test]
    fn nothing_outside_the_page_can_be_asked_for() {
        let site = site("/");
        for path in [
            "/../Cargo.toml",
            "/..%2fCargo.toml",
            "/%2e%2e/Cargo.toml",
            "//etc/passwd",
            "/nothing",
            "/index.html/",
        ] {
            assert_eq!(site.answer(&get(path)).status, "404 Not Found", "{path}");
        }
        assert_eq!(Request::parse("GET /%zz HTTP/1.1\r\n\r\n"), None);
        assert_eq!(
            Request::parse("GET http://elsewhere/ HTTP/1.1\r\n\r\n"),
            None
        );
    }

    #[test]
    fn below_a_prefix_only_the_prefix_answers() {
        let site = site("/some/folder/");
        assert_eq!(site.answer(&get("/some/folder/?query")).status, "200 OK");
        assert_eq!(
            site.answer(&get("/some/folder/index.html")).status,
            "200 OK"
        );
        assert_eq!(
            header(&site.answer(&get("/some/folder")), "Location"),
            Some("/some/folder/")
        );
        assert_eq!(site.answer(&get("/")).status, "404 Not Found");
    }

    #[test]
    fn only_get_and_head_are_answered() {
        let site = site("/");
        assert_eq!(
            site.answer(&Request {
                method: "HEAD".to_owned(),
                ..get("/")
            })
            .status,
            "200 OK"
        );
        assert_eq!(
            site.answer(&Request {
                method: "POST".to_owned(),
                ..get("/")
            })
            .status,
            "405 Method Not Allowed"
        );
    }

    #[test]
    fn a_prefix_is_completed_and_a_bad_option_is_named() {
        let parse = |arguments: &[&str]| {
            Options::parse(
                &arguments
                    .iter()
                    .map(|&argument| argument.to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(parse(&["--prefix", "a/b"]).expect("parses").prefix, "/a/b/");
        assert_eq!(parse(&["--port", "0"]).expect("parses").port, 0);
        assert!(
            parse(&["--port", "seventy"])
                .err()
                .expect("fails")
                .to_string()
                .contains("seventy")
        );
        assert!(
            parse(&["--hots"])
                .err()
                .expect("fails")
                .to_string()
                .contains("--hots")
        );
    }

    #[test]
    fn a_real_connection_is_kept_and_head_has_no_body() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("is bound");
        let server =
            thread::spawn(move || converse(&site("/"), listener.accept().expect("is called").0));
        let mut stream = TcpStream::connect(address).expect("connects");
        stream
            .write_all(b"HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .expect("writes");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("reads");
        assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2);
        assert_eq!(answer.matches("<title>").count(), 1);
        server.join().expect("ends").expect("ends well");
    }

    #[test]
    fn a_busy_port_is_explained() {
        let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = busy.local_addr().expect("is bound").port();
        let options = Options {
            port,
            host: false,
            prefix: "/".to_owned(),
            build: false,
        };
        let message = listen(&options).expect_err("is busy").to_string();
        assert!(
            message.contains(&format!("port {port} is in use")),
            "{message}"
        );
    }
}
