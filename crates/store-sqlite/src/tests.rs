//! The engine against a real file.
