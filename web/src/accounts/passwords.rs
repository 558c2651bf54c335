//! Passwords are kept as argon2id hashes. Hashing takes time and memory on purpose, so it runs on a
//! blocking thread, few at once, and who would wait too long is told to come back.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

use super::{argon, rules::Password};
use crate::problem::{ApiError, ApiResult};

const AT_ONCE: usize = 2;
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// A PHC string with its own salt.
    pub async fn hash(&self, password: &Password) -> ApiResult<String> {
        let password = password.reveal().to_owned();
        self.run(move || argon::hash(&password)).await
    }

    /// Is it this password? `None` (there is no such account) takes as long as a wrong one.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> ApiResult<bool> {
        let password = password.to_owned();
        self.run(move || match hash {
            Some(hash) => argon::verify(&password, &hash),
            None => argon::hash(&password).map(|_| false),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> ApiResult<T> {
        let busy =
            || ApiError::unavailable("busy", "Too many sign-ins at once. Try again shortly.");
        let permit = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned());
        let permit = permit.await.map_err(|_| busy())?.map_err(ApiError::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        done.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_its_hash() {
        let passwords = Passwords::default();
        let hash = passwords.hash(&Password::parse("correct horse").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=12288,t=3,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse", Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct house", Some(hash)).await.unwrap());
        assert!(!passwords.verify("correct horse", None).await.unwrap());
    }
}
