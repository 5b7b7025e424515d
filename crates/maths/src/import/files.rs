//! Kinds of files that are known by their first bytes and not read.

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// An archive of arrays: `np.savez`.
    Npz,
}

impl FileKind {
    /// What it is, for a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Npz => "an NPZ archive of several arrays",
        }
    }

    /// What makes a file of it that is read: one line of Python.
    pub fn converted(self) -> &'static str {
        match self {
            Self::Npz => "np.save(\"x.npy\", np.load(\"x.npz\")[\"arr_0\"])",
        }
    }
}
