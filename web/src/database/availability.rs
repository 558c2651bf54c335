//! Which database errors pass by themselves, and which are the answer "somebody has that already".

use std::ops::Deref;

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// The database is away, locked, full or restarting: trying again later will help.
pub fn is_unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => passes(cause),
        _ => false,
    }
}

/// A unique constraint said no.
pub fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| passing_code(code.deref())),
        _ => false,
    }
}

/// SQLite's primary result codes are the low byte of what it reports; PostgreSQL's SQLSTATEs have
/// five characters, the first two of which are the class.
fn passing_code(code: &str) -> bool {
    const SQLITE: [i32; 6] = [
        5,  /*busy*/
        6,  /*locked*/
        8,  /*read only*/
        10, /*I/O*/
        13, /*full*/
        14, /*can't open*/
    ];
    const SQLSTATE_CLASSES: [&str; 4] = [
        "08", /*connection*/
        "53", /*resources*/
        "57", /*operator*/
        "58", /*system*/
    ];
    if code.len() == 5 {
        return SQLSTATE_CLASSES.contains(&&code[..2]) || code == "40001" || code == "40P01";
    }
    code.parse::<i32>().is_ok_and(|code| SQLITE.contains(&(code & 0xff)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_or_full_database_is_a_passing_trouble() {
        for code in ["5", "261", "517", "13", "57P01", "08006", "53100", "40P01"] {
            assert!(passing_code(code), "{code}");
        }
    }

    #[test]
    fn a_broken_rule_is_not() {
        for code in ["19", "2067", "1", "23505", "42601", ""] {
            assert!(!passing_code(code), "{code}");
        }
    }
}
