//! Kinds of files that are known by their first bytes and not read.

/// A kind of file that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// An archive of arrays: `np.savez`.
    Npz,
    /// What `torch.save` writes, now (an archive) or formerly (a pickle).
    Torch,
    /// Another pickle of Python.
    Pickle,
    /// Tensors, several of them or of a kind that is not read.
    Safetensors,
    /// What Excel and LibreOffice save.
    Workbook,
    /// HDF5, and what Keras and Matlab make of it.
    Hdf5,
    /// A table of Parquet.
    Parquet,
    /// A table of Feather.
    Feather,
    /// Matlab's own.
    Matlab,
    /// Something packed by gzip.
    Gzip,
    /// Another archive.
    Zip,
    /// A picture.
    Picture,
    /// None that is known, and no text.
    Unknown,
}

/// What files begin with.
const BEGINNINGS: &[(&[u8], FileKind)] = &[
    // The number that torch.save pickles first.
    (
        b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.",
        FileKind::Torch,
    ),
    (b"\x80\x02", FileKind::Pickle),
    (b"\x80\x03", FileKind::Pickle),
    (b"\x80\x04\x95", FileKind::Pickle),
    (b"\x80\x05\x95", FileKind::Pickle),
    (b"PK\x05\x06", FileKind::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::Workbook),
    (b"\x89HDF\r\n\x1a\n", FileKind::Hdf5),
    (b"PAR1", FileKind::Parquet),
    (b"ARROW1\0\0", FileKind::Feather),
    (b"MATLAB 5.0 MAT-file", FileKind::Matlab),
    (b"\x1f\x8b\x08", FileKind::Gzip),
    (b"\x89PNG\r\n\x1a\n", FileKind::Picture),
    (b"\xff\xd8\xff", FileKind::Picture),
];

/// What the names of an archive's first files tell.
const IN_ZIP: &[(&[u8], FileKind)] = &[
    (b"data.pkl", FileKind::Torch),
    (b".npy", FileKind::Npz),
    (b"xl/", FileKind::Workbook),
    (b"opendocument.spreadsheet", FileKind::Workbook),
    (b"[Content_Types].xml", FileKind::Workbook),
];

impl FileKind {
    /// The kind of a file, by its bytes; `None` if it may be text.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"PK\x03\x04") {
            let names = &bytes[..bytes.len().min(4096)];
            let holds = |name: &[u8]| names.windows(name.len()).any(|window| window == name);
            let known = IN_ZIP.iter().find(|(name, _)| holds(name));
            return Some(known.map_or(Self::Zip, |(_, kind)| *kind));
        }
        let known = BEGINNINGS
            .iter()
            .find(|(first, _)| bytes.starts_with(first));
        known.map(|(_, kind)| *kind)
    }

    /// What it is, for a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Npz => "an NPZ archive of arrays",
            Self::Torch => "a PyTorch file",
            Self::Pickle => "a Python pickle",
            Self::Safetensors => "a safetensors file of several tensors",
            Self::Workbook => "a spreadsheet workbook",
            Self::Hdf5 => "an HDF5 file",
            Self::Parquet => "a Parquet table",
            Self::Feather => "a Feather table",
            Self::Matlab => "a MAT file",
            Self::Gzip => "a gzip file",
            Self::Zip => "a zip archive",
            Self::Picture => "a picture",
            Self::Unknown => "a file of an unknown kind",
        }
    }

    /// What is read instead: a line of Python that makes it, where the kind is known.
    pub fn converted(self) -> &'static str {
        match self {
            Self::Npz => r#"a single array: np.save("x.npy", np.load("x.npz")["arr_0"])"#,
            Self::Torch => {
                r#"a single tensor: np.save("x.npy", torch.load("x.pt", map_location="cpu").detach().float().numpy())"#
            }
            Self::Pickle => r#"an array: np.save("x.npy", np.load("x.pkl", allow_pickle=True))"#,
            Self::Safetensors => {
                r#"a single tensor: np.save("x.npy", safetensors.numpy.load_file("x.safetensors")["name"])"#
            }
            Self::Workbook => r#"text: pd.read_excel("x.xlsx").to_csv("x.csv", index=False)"#,
            Self::Hdf5 => r#"a single array: np.save("x.npy", h5py.File("x.h5")["name"][:])"#,
            Self::Parquet => r#"text: pd.read_parquet("x.parquet").to_csv("x.csv", index=False)"#,
            Self::Feather => r#"text: pd.read_feather("x.feather").to_csv("x.csv", index=False)"#,
            Self::Matlab => {
                r#"a single array: np.save("x.npy", scipy.io.loadmat("x.mat")["name"])"#
            }
            Self::Gzip => r#"it unpacked: open("x.csv", "wb").write(gzip.open("x.csv.gz").read())"#,
            Self::Zip => r#"one file of it: shutil.unpack_archive("x.zip")"#,
            Self::Picture => {
                r#"an array: np.save("x.npy", np.asarray(PIL.Image.open("x.png").convert("L")))"#
            }
            Self::Unknown => r#"an NPY file: np.save("x.npy", x), or text"#,
        }
    }
}
