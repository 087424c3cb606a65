//! The mirror: original bytes under the node's folder, each file whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};

/// A file on its way into the mirror. Dropped without [`keep`](Incoming::keep), it never was.
pub(super) struct Incoming {
    file: Option<BufWriter<File>>,
    passing: PathBuf,
    place: PathBuf,
    digest: Context,
}

impl Incoming {
    /// Begins a file with this name in a folder, which is made where there is none.
    pub(super) fn begin(folder: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let place = folder.join(name);
        let passing = folder.join(format!("{name}{PASSING}"));
        let file = Some(BufWriter::with_capacity(1 << 17, File::create(&passing)?));
        Ok(Self { file, passing, place, digest: Context::new(&SHA256) })
    }

    /// SHA-256 of what was written so far, in hexadecimal.
    pub(super) fn digest(&self) -> String {
        hex(self.digest.clone().finish().as_ref())
    }

    /// Where the bytes are until they are kept.
    ///
    /// # Errors
    /// They could not all be written.
    pub(super) fn written(&mut self) -> io::Result<&Path> {
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        Ok(&self.passing)
    }

    /// Puts the file in its place, to be made durable together with others.
    pub(super) fn keep_for_now(mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            file.into_inner().map_err(io::IntoInnerError::into_error)?;
        }
        fs::rename(&self.passing, &self.place)
    }

    /// Puts the file in its place; after this a power cut does not take it away.
    pub(super) fn keep(mut self) -> io::Result<PathBuf> {
        if let Some(file) = self.file.take() {
            file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        }
        fs::rename(&self.passing, &self.place)?;
        sync_folder(&self.place)?;
        Ok(self.place.clone())
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        let written = file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Gone already when it was kept; a leftover is swept at the next start.
        let _ = fs::remove_file(&self.passing);
    }
}

/// Takes a file out of the mirror; it is well if there is none.
pub(super) fn remove(place: &Path) -> io::Result<()> {
    match fs::remove_file(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes what a crash left half written.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    let Ok(files) = fs::read_dir(folder) else { return Ok(()) };
    for file in files {
        let path = file?.path();
        if path.to_string_lossy().ends_with(PASSING) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Makes the name of a file in its folder as durable as its bytes.
pub(super) fn sync_folder(place: &Path) -> io::Result<()> {
    place.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(aws_lc_rs::digest::digest(&SHA256, bytes).as_ref())
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// How a file that is still coming ends.
const PASSING: &str = ".coming";

/// What tells this mirror from those of other replicas on the same database: drawn once, kept in it. A mirror that cannot
/// keep it begins anew each time, which costs reading and loses nothing.
pub(super) fn name(folder: &Path, draw: impl FnOnce() -> [u8; 16]) -> String {
    let file = folder.join("mirror");
    if let Ok(name) = std::fs::read_to_string(&file)
        && name.len() == 32
        && name.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return name;
    }
    let name = format!("{:032x}", u128::from_be_bytes(draw()));
    if let Err(error) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, &name))
    {
        tracing::warn!(%error, "the name of this mirror cannot be kept: feeds are read anew at the next start");
    }
    name
}
