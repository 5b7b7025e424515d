//! The files that `serve` hands out, in memory: what tower-http's `ServeDir` sees instead of a disk.
//!
//! Every file is read and compressed once, when the server starts. Whatever a path says, there is nothing else to ask for; a new
//! build does not mix with an old one; and a visitor takes no descriptor and no thread besides the connection.

use std::collections::BTreeMap;
use std::fs;
use std::future::{Ready, ready};
use std::io::{self, Cursor, ErrorKind, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use brotli::{BrotliCompress, enc::BrotliEncoderParams};
use flate2::{Compression, write::GzEncoder};
use hyper::body::Bytes;
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::{Backend, File, Metadata};

/// Files and folders by their paths. Beside each file lie its compressed forms, under the names by which `ServeDir` looks for them.
#[derive(Clone)]
pub struct Files(Arc<BTreeMap<PathBuf, Entry>>);

/// A file being read, or a folder, which has no content.
#[derive(Clone)]
pub struct Entry {
    is_folder: bool,
    modified: SystemTime,
    content: Cursor<Bytes>,
}

impl Files {
    /// Reads and compresses all that lies in `folder`, to be found below `prefix`.
    pub fn load(folder: &Path, prefix: &str) -> io::Result<Self> {
        // `ServeDir` begins every path with a dot.
        let below = Path::new(".").join(prefix);
        let mut entries = BTreeMap::new();
        for outer in below.ancestors().skip(1) {
            add(&mut entries, outer, &folder.metadata()?, Vec::new())?;
        }
        add_folder(&mut entries, folder, &below)?;
        Ok(Self(Arc::new(entries)))
    }

    fn find(&self, path: &Path) -> Ready<io::Result<Entry>> {
        let entry = self.0.get(path).cloned();
        ready(entry.ok_or_else(|| ErrorKind::NotFound.into()))
    }
}

fn add_folder(
    entries: &mut BTreeMap<PathBuf, Entry>,
    folder: &Path,
    below: &Path,
) -> io::Result<()> {
    add(entries, below, &folder.metadata()?, Vec::new())?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = below.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            add_folder(entries, &path, &name)?;
            continue;
        }
        let plain = fs::read(&path)?;
        for (ending, compressed) in [(".br", brotli(&plain)?), (".gz", gzip(&plain)?)] {
            if compressed.len() < plain.len() {
                let mut name = name.clone().into_os_string();
                name.push(ending);
                add(entries, Path::new(&name), &path.metadata()?, compressed)?;
            }
        }
        add(entries, &name, &path.metadata()?, plain)?;
    }
    Ok(())
}

fn add(
    entries: &mut BTreeMap<PathBuf, Entry>,
    name: &Path,
    metadata: &fs::Metadata,
    content: Vec<u8>,
) -> io::Result<()> {
    let entry = Entry {
        is_folder: metadata.is_dir(),
        modified: metadata.modified()?,
        content: Cursor::new(content.into()),
    };
    entries.insert(name.to_path_buf(), entry);
    Ok(())
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

fn brotli(mut plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    // The best quality makes the page a tenth smaller in fifty times the time.
    let fast = BrotliEncoderParams {
        quality: 5,
        ..Default::default()
    };
    BrotliCompress(&mut plain, &mut compressed, &fast)?;
    Ok(compressed)
}

impl Backend for Files {
    type File = Entry;
    type Metadata = Entry;
    type OpenFuture = Ready<io::Result<Entry>>;
    type MetadataFuture = Ready<io::Result<Entry>>;

    fn open(&self, path: PathBuf) -> Self::OpenFuture {
        self.find(&path)
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        self.find(&path)
    }
}

impl Metadata for Entry {
    fn is_dir(&self) -> bool {
        self.is_folder
    }

    fn modified(&self) -> io::Result<SystemTime> {
        Ok(self.modified)
    }

    fn len(&self) -> u64 {
        self.content.get_ref().len() as u64
    }
}

impl File for Entry {
    type Metadata = Self;
    type MetadataFuture<'entry> = Ready<io::Result<Self>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        ready(Ok(self.clone()))
    }
}

impl AsyncRead for Entry {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.content).poll_read(context, buffer)
    }
}

impl AsyncSeek for Entry {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.content).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.content).poll_complete(context)
    }
}
