//! Settings of servers whose clients all come from this machine.

/// All clients come from one address.
pub(crate) const ALL_FROM_HERE: [&str; 4] = [
    "--rate-limits",
    "off",
    "--client-connections-per-address",
    "1000000",
];
