//! A server on a real socket, and clients of all manners.

mod auth;
mod browser;
mod hostile;
mod limits;
mod places;
mod world;
