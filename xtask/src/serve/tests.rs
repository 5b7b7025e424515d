//! The server on 127.0.0.1, met by hyper's client, and by visitors who are slow.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use super::*;
use std::fs;
use std::io::Read;
use std::time::Instant;

use http_body_util::{BodyExt, Empty};
use hyper::Method;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{
    ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, DATE, ETAG, IF_NONE_MATCH, LOCATION,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

const SCRIPT: &str = "app-0123456789abcdef.js";
const MODULE: &str = "app-0123456789abcdef-opt132_bg.wasm";
const LARGE: &str = "large.bin";

/// A page, a script that compresses well, a module that does not, and a file that fits into no socket's buffer.
fn contents() -> [(&'static str, Vec<u8>); 4] {
    let mut state = 1_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    };
    [
        ("index.html", b"<title>PosNorm Lab</title>".to_vec()),
        (SCRIPT, "let x = 0;\n".repeat(10_000).into_bytes()),
        (
            MODULE,
            std::iter::repeat_with(&mut noise).take(100_000).collect(),
        ),
        (LARGE, vec![0; 4_000_000]),
    ]
}

/// Serves such a page below a prefix on a free port for as long as the talk with it lasts.
fn talk<Said>(prefix: &str, limits: Limits, talk: impl AsyncFnOnce(u16) -> Said) -> Said {
    let folder = tempfile::tempdir().expect("there is a place for files");
    for (name, content) in contents() {
        fs::write(folder.path().join(name), content).expect("is written");
    }
    let files = Files::load(folder.path(), prefix).expect("is read");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("starts");
    runtime.block_on(async {
        let (listeners, port) = listen(&options(0)).expect("a port is free");
        serve_until(talk(port), &listeners, files, limits).await
    })
}

fn options(port: u16) -> Options {
    Options {
        port,
        host: false,
        prefix: String::new(),
        no_build: true,
    }
}

type Answer = Response<Bytes>;

async fn connect(address: impl Into<IpAddr>, port: u16) -> SendRequest<Empty<Bytes>> {
    let stream = TcpStream::connect((address.into(), port))
        .await
        .expect("lets everybody in");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("speaks HTTP");
    tokio::spawn(connection);
    sender
}

/// What comes of a request with these headers on a connection.
async fn request(
    server: &mut SendRequest<Empty<Bytes>>,
    method: Method,
    path: &str,
    headers: &[(HeaderName, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Empty::new()).expect("is a request");
    let (head, body) = server
        .send_request(request)
        .await
        .expect("is answered")
        .into_parts();
    let body = body.collect().await.expect("arrives whole").to_bytes();
    Response::from_parts(head, body)
}

async fn get(port: u16, path: &str, headers: &[(HeaderName, &str)]) -> Answer {
    let mut server = connect(Ipv4Addr::LOCALHOST, port).await;
    request(&mut server, Method::GET, path, headers).await
}

fn header(answer: &Answer, name: HeaderName) -> &str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().expect("is plain text"))
}

fn unpacked(coding: &str, sent: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    match coding {
        "br" => brotli::Decompressor::new(sent, 4096).read_to_end(&mut text),
        "gzip" => flate2::read::GzDecoder::new(sent).read_to_end(&mut text),
        _ => return sent.to_vec(),
    }
    .expect("is what it says");
    text
}

#[test]
fn each_kind_of_file_has_its_type_and_only_a_hash_is_kept_for_good() {
    talk("", CLASS, async |port| {
        for (path, mime, caching) in [
            ("/", "text/html", "no-cache"),
            ("/app-0123456789abcdef.js", "text/javascript", "immutable"),
            (
                "/app-0123456789abcdef-opt132_bg.wasm",
                "application/wasm",
                "immutable",
            ),
            ("/large.bin", "application/octet-stream", "no-cache"),
        ] {
            let answer = get(port, path, &[]).await;
            assert_eq!(header(&answer, CONTENT_TYPE), mime);
            assert!(header(&answer, CACHE_CONTROL).ends_with(caching), "{path}");
        }
    });
}

#[test]
fn what_compresses_is_sent_as_the_browser_asks() {
    talk("", CLASS, async |port| {
        let [_, (_, plain), (_, module), _] = contents();
        for (accepted, coding) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, deflate", "gzip"),
            ("br;q=0, gzip;q=0.5", "gzip"),
            ("identity", ""),
        ] {
            let answer = get(port, &format!("/{SCRIPT}"), &[(ACCEPT_ENCODING, accepted)]).await;
            assert_eq!(header(&answer, CONTENT_ENCODING), coding);
            assert!(unpacked(coding, answer.body()) == plain, "{accepted}");
            let noise = get(port, &format!("/{MODULE}"), &[(ACCEPT_ENCODING, accepted)]).await;
            assert_eq!(header(&noise, CONTENT_ENCODING), "");
            assert!(*noise.body() == module);
        }
    });
}

#[test]
fn what_the_browser_has_is_not_sent_again() {
    talk("", CLASS, async |port| {
        for coding in ["br", "gzip", "identity"] {
            let first = get(port, &format!("/{SCRIPT}"), &[(ACCEPT_ENCODING, coding)]).await;
            let headers = [
                (ACCEPT_ENCODING, coding),
                (IF_NONE_MATCH, header(&first, ETAG)),
            ];
            let again = get(port, &format!("/{SCRIPT}"), &headers).await;
            assert_eq!(
                (again.status(), again.body().len()),
                (StatusCode::NOT_MODIFIED, 0)
            );
            assert_eq!(header(&again, CACHE_CONTROL), header(&first, CACHE_CONTROL));
        }
    });
}

#[test]
fn every_answer_says_what_a_browser_may_do_with_it() {
    talk("", CLASS, async |port| {
        let mut server = connect(Ipv4Addr::LOCALHOST, port).await;
        let long = "x".repeat(MAX_HEAD_BYTES);
        // One connection for all: none of these ends it.
        for (method, path, more, status) in [
            (Method::GET, "/", "", StatusCode::OK),
            (Method::HEAD, "/", "", StatusCode::OK),
            (Method::GET, "/nothing", "", StatusCode::NOT_FOUND),
            (Method::POST, "/", "", StatusCode::METHOD_NOT_ALLOWED),
            (
                Method::GET,
                "/",
                &long,
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            ),
        ] {
            let is_head = method == Method::HEAD;
            let answer = request(&mut server, method, path, &[(REFERRER_POLICY, more)]).await;
            assert_eq!(answer.status(), status);
            assert_eq!(answer.body().is_empty(), is_head);
            for (name, value) in ON_EVERY_ANSWER {
                assert_eq!(header(&answer, name), value);
            }
            assert!(answer.headers().contains_key(DATE));
            assert_eq!(
                answer.headers().contains_key(ALLOW),
                status == StatusCode::METHOD_NOT_ALLOWED
            );
        }
    });
}

#[test]
fn nothing_outside_the_page_can_be_asked_for() {
    talk("", CLASS, async |port| {
        for path in [
            "/../Cargo.toml",
            "/..%2fCargo.toml",
            "/%2e%2e/Cargo.toml",
            "/.%2f..%5cCargo.toml",
            "//etc/passwd",
            "/%00",
            "/%zz",
            "/nothing",
            "/index.html/",
        ] {
            assert_eq!(
                get(port, path, &[]).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    });
}

#[test]
fn below_a_prefix_only_the_prefix_answers() {
    talk("some/folder", CLASS, async |port| {
        for path in ["/some/folder/?query", "/some/folder/index.html"] {
            assert_eq!(
                get(port, path, &[]).await.status(),
                StatusCode::OK,
                "{path}"
            );
        }
        for path in ["/", "/index.html", "/some/", "/some/index.html"] {
            assert_eq!(
                get(port, path, &[]).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        let slashless = get(port, "/some/folder", &[]).await;
        assert_eq!(header(&slashless, LOCATION), "/some/folder/");
    });
}

/// Forty browsers with six connections each load all files while 512 others hold theirs and do nothing with it.
#[test]
fn a_class_is_served_whatever_512_slow_visitors_do() {
    rlimit::increase_nofile_limit(4096).expect("is allowed");
    let limits = Limits {
        connections: 1024,
        patience: Duration::from_secs(2),
    };
    let page = contents();
    talk("", limits, async |port| {
        let mut slow = JoinSet::new();
        for n in 0..512 {
            let never_reads = format!("GET /{LARGE} HTTP/1.1\r\nHost: a\r\n\r\n");
            // Nothing, half a question, a whole one and no other, and one whose answer is not read.
            let said = [
                "",
                "GET / HT",
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                &never_reads,
            ][n % 4]
                .to_owned();
            let socket = TcpSocket::new_v4().expect("there are sockets enough");
            // Otherwise the system would take the whole file for a visitor who does not.
            socket.set_recv_buffer_size(8192).expect("can be small");
            let address = (Ipv4Addr::LOCALHOST, port).into();
            let mut stream = socket.connect(address).await.expect("lets everybody in");
            stream.write_all(said.as_bytes()).await.expect("writes");
            slow.spawn(async move {
                sleep(2 * limits.patience).await;
                let mut received = Vec::new();
                // Whether it ends or is torn off depends on what was still under way.
                stream.read_to_end(&mut received).await.ok();
                received.len()
            });
        }
        let begin = Instant::now();
        let mut browsers = JoinSet::new();
        for _ in 0..40 * 6 {
            browsers.spawn(async move {
                let mut server = connect(Ipv4Addr::LOCALHOST, port).await;
                let mut bodies = Vec::new();
                for name in ["", SCRIPT, MODULE] {
                    let accepted = [(ACCEPT_ENCODING, "br")];
                    let answer =
                        request(&mut server, Method::GET, &format!("/{name}"), &accepted).await;
                    bodies.push(answer.into_body());
                }
                bodies
            });
        }
        let [(_, html), (_, script), (_, module), (_, large)] = &page;
        for bodies in timeout(Duration::from_secs(20), browsers.join_all())
            .await
            .expect("are served soon")
        {
            let text = unpacked("br", &bodies[1]);
            assert!(bodies[0] == html && text == *script && bodies[2] == module);
        }
        println!("240 connections loaded all files in {:?}", begin.elapsed());
        let received = timeout(Duration::from_secs(20), slow.join_all())
            .await
            .expect("are dropped");
        assert!(
            received.iter().all(|&n_bytes| n_bytes < large.len()),
            "{received:?}"
        );
    });
}

#[test]
fn whoever_finds_no_place_waits_until_a_slow_visitor_has_lost_theirs() {
    let limits = Limits {
        connections: 2,
        patience: Duration::from_secs(1),
    };
    talk("", limits, async |port| {
        let begin = Instant::now();
        let address = (Ipv4Addr::LOCALHOST, port);
        let _idle = [
            TcpStream::connect(address).await,
            TcpStream::connect(address).await,
        ];
        assert_eq!(get(port, "/", &[]).await.status(), StatusCode::OK);
        assert!(begin.elapsed() >= limits.patience);
    });
}

#[test]
fn both_families_of_addresses_are_answered() {
    talk("", CLASS, async |port| {
        let mut four = connect(Ipv4Addr::LOCALHOST, port).await;
        assert_eq!(
            request(&mut four, Method::GET, "/", &[]).await.status(),
            StatusCode::OK
        );
        // Not every machine has the other.
        if UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
            let mut six = connect(Ipv6Addr::LOCALHOST, port).await;
            assert_eq!(
                request(&mut six, Method::GET, "/", &[]).await.status(),
                StatusCode::OK
            );
        }
    });
}

#[test]
fn a_busy_port_is_explained() {
    let busy = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let port = busy.local_addr().expect("is bound").port();
    let message = listen(&options(port)).expect_err("is busy").to_string();
    assert!(
        message.contains(&format!("port {port} is in use")),
        "{message}"
    );
}
