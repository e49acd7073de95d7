//! Sessions: who is signed in, and for which organisation they work just now.
//!
//! What must hold: a session ends by sign-out, by idleness, by age, by a change of the password elsewhere and with its
//! account; the database's clock decides; what is found is as it is now: role and name are read with the session.

use tokio_postgres::Row;
use uuid::Uuid;

use super::secret::{self, SESSION};
use super::{Organisers, Role};
use crate::postgres::retention::Aged;
use crate::postgres::{Client, Error, Transaction};
use crate::types::{OrganisationNo, OrganiserId, Timestamp};

/// From when on a session is of no use: it is older than any idleness allows.
pub(super) const ENDED: Aged = Aged::without_event("organiser_sessions", "last_used_at");

/// For so long the code of the second factor may be typed after the password.
const CODE_WAIT_SECONDS: f64 = 600.0;
/// Codes that may be wrong before the password is asked for again.
pub(super) const WRONG_CODES_MAX: i16 = 5;
/// Characters of a browser's name that are kept.
const AGENT_MAX: usize = 200;

/// $1 id, $2 hash, $3 organiser, $4 whether all that signing in takes was there, $5 browser, $6 hash of the password that
/// was compared: whoever has changed it meanwhile is not let in. They work where they joined first.
const INSERT: &str = "
    INSERT INTO organiser_sessions (id, hash, organiser_id, organisation_id, signed_in_at, agent)
    SELECT $1, $2, o.id,
           (SELECT organisation_id FROM members WHERE organiser_id = o.id ORDER BY created_at, organisation_id LIMIT 1),
           CASE WHEN $4 THEN now() END, $5
    FROM (SELECT id FROM organisers
          WHERE id = $3 AND disabled_at IS NULL AND password_hash = $6 FOR UPDATE) AS o";

/// $1 hash, $2 seconds of idleness, $3 seconds of age, $4 seconds for the code.
const GET: &str = "
    SELECT s.id, s.organiser_id, s.signed_in_at IS NOT NULL AS is_complete, s.wrong_codes,
           s.last_used_at < now() - interval '1 minute' AS is_stale,
           o.name, o.email, o.totp_confirmed_at IS NOT NULL AS has_totp,
           g.id AS organisation_id, g.public_id, g.name AS organisation_name, m.role,
           (SELECT count(*) FROM members WHERE organiser_id = o.id) AS memberships
    FROM organiser_sessions AS s
    JOIN organisers AS o ON o.id = s.organiser_id
    LEFT JOIN members AS m ON m.organiser_id = o.id AND m.organisation_id = s.organisation_id
    LEFT JOIN organisations AS g ON g.id = m.organisation_id
    WHERE s.hash = $1 AND s.ended_at IS NULL AND o.disabled_at IS NULL
      AND s.last_used_at > now() - make_interval(secs => $2)
      AND s.created_at > now() - make_interval(secs => $3)
      AND (s.signed_in_at IS NOT NULL OR s.created_at > now() - make_interval(secs => $4))";

const USED: &str = "UPDATE organiser_sessions SET last_used_at = now() WHERE id = $1";
const END: &str = "
    UPDATE organiser_sessions SET ended_at = coalesce(ended_at, now()) WHERE hash = $1";
/// $1 organiser, $2 session that stays.
const END_ALL: &str = "
    UPDATE organiser_sessions SET ended_at = now()
    WHERE organiser_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2";
/// $1 organiser, $2 session.
const END_ONE: &str = "
    UPDATE organiser_sessions SET ended_at = now()
    WHERE organiser_id = $1 AND ended_at IS NULL AND id = $2";
/// $1 organiser, $2 seconds of idleness, $3 seconds of age.
const LIST: &str = "
    SELECT id, agent, created_at, last_used_at FROM organiser_sessions
    WHERE organiser_id = $1 AND ended_at IS NULL AND signed_in_at IS NOT NULL
      AND last_used_at > now() - make_interval(secs => $2)
      AND created_at > now() - make_interval(secs => $3)
    ORDER BY last_used_at DESC, id LIMIT 100";
/// $1 session, $2 organiser, $3 organisation's public id. No row unless they are a member.
const WORK_FOR: &str = "
    UPDATE organiser_sessions AS s SET organisation_id = m.organisation_id
    FROM members AS m JOIN organisations AS g ON g.id = m.organisation_id
    WHERE s.id = $1 AND s.organiser_id = $2 AND m.organiser_id = $2 AND g.public_id = $3
    RETURNING s.id";
/// $1 organiser.
const MEMBERSHIPS: &str = "
    SELECT g.id AS organisation_id, g.public_id, g.name AS organisation_name, m.role
    FROM members AS m JOIN organisations AS g ON g.id = m.organisation_id
    WHERE m.organiser_id = $1 ORDER BY g.name, g.id";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: Uuid,
    /// Who.
    pub organiser: OrganiserId,
    /// What they are called.
    pub name: String,
    /// Where letters reach them.
    pub email: String,
    /// Whether signing in takes a code.
    pub has_totp: bool,
    /// For whom they work just now; `None` if they are no member there any more, or of none.
    pub membership: Option<Membership>,
    /// Of how many organisations they are a member.
    pub memberships: i64,
}

/// What somebody is where.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The organisation.
    pub organisation: OrganisationNo,
    /// Its public id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The role in it.
    pub role: Role,
}

impl Membership {
    fn read(row: &Row) -> Option<Self> {
        Some(Self {
            organisation: row.get::<_, Option<OrganisationNo>>("organisation_id")?,
            id: row.get("public_id"),
            name: row.get("organisation_name"),
            // The CHECK on the column allows no other value.
            role: row.get::<_, Option<&str>>("role")?.parse().ok()?,
        })
    }
}

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// The browser, as it called itself.
    pub agent: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
}

/// What is known of a session whose code is missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pending {
    pub(super) session: Uuid,
    pub(super) organiser: OrganiserId,
}

impl Organisers {
    fn idle_and_age(&self) -> (f64, f64) {
        (
            self.config.idle().as_secs_f64(),
            self.config.age().as_secs_f64(),
        )
    }

    async fn read(&self, client: &Client, cookie: &str) -> Result<Option<Row>, Error> {
        let Some(hash) = secret::hash(SESSION, cookie) else {
            return Ok(None);
        };
        let (idle, age) = self.idle_and_age();
        let get = client.prepare_cached(GET).await?;
        client
            .query_opt(&get, &[&hash.as_slice(), &idle, &age, &CODE_WAIT_SECONDS])
            .await
    }

    /// Who has this cookie, as they are now; counts as using the session.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn session(&self, cookie: &str) -> Result<Option<SignedIn>, Error> {
        let client = self.db.get().await?;
        let row = self.read(&client, cookie).await?;
        let Some(row) = row.filter(|row| row.get("is_complete")) else {
            return Ok(None);
        };
        let session: Uuid = row.get("id");
        if row.get("is_stale") {
            client.execute(USED, &[&session]).await?;
        }
        Ok(Some(SignedIn {
            session,
            organiser: row.get("organiser_id"),
            name: row.get("name"),
            email: row.get("email"),
            has_totp: row.get("has_totp"),
            membership: Membership::read(&row),
            memberships: row.get("memberships"),
        }))
    }

    /// The session of this cookie, if its code is missing and may still be typed.
    pub(super) async fn pending(
        &self,
        client: &Client,
        cookie: &str,
    ) -> Result<Option<Pending>, Error> {
        let row = self.read(client, cookie).await?;
        let row = row.filter(|row| {
            !row.get::<_, bool>("is_complete") && row.get::<_, i16>("wrong_codes") < WRONG_CODES_MAX
        });
        Ok(row.map(|row| Pending {
            session: row.get("id"),
            organiser: row.get("organiser_id"),
        }))
    }

    /// Whether somebody with this cookie may still type the code.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn awaits_code(&self, cookie: &str) -> Result<bool, Error> {
        let client = self.db.get().await?;
        Ok(self.pending(&client, cookie).await?.is_some())
    }

    /// Ends the session of this cookie.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sign_out(&self, cookie: &str) -> Result<(), Error> {
        if let Some(hash) = secret::hash(SESSION, cookie) {
            self.db
                .get()
                .await?
                .execute(END, &[&hash.as_slice()])
                .await?;
        }
        Ok(())
    }

    /// Somebody's sessions, the last used first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sessions(&self, organiser: OrganiserId) -> Result<Vec<Listed>, Error> {
        let (idle, age) = self.idle_and_age();
        let rows = self
            .db
            .get()
            .await?
            .query(LIST, &[&organiser, &idle, &age])
            .await?;
        let listed = rows.iter().map(|row| Listed {
            id: row.get("id"),
            agent: row.get("agent"),
            created_at: row.get("created_at"),
            last_used_at: row.get("last_used_at"),
        });
        Ok(listed.collect())
    }

    /// Ends one of somebody's own sessions. Whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_session(&self, organiser: OrganiserId, session: Uuid) -> Result<bool, Error> {
        let ended = self
            .db
            .get()
            .await?
            .execute(END_ONE, &[&organiser, &session])
            .await?;
        Ok(ended > 0)
    }

    /// Where somebody works.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn memberships(&self, organiser: OrganiserId) -> Result<Vec<Membership>, Error> {
        let rows = self
            .db
            .get()
            .await?
            .query(MEMBERSHIPS, &[&organiser])
            .await?;
        Ok(rows.iter().filter_map(Membership::read).collect())
    }

    /// From now on a session works for another organisation. Whether its owner is a member there.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn work_for(&self, who: &SignedIn, organisation: Uuid) -> Result<bool, Error> {
        let client = self.db.get().await?;
        let done = client
            .query_opt(WORK_FOR, &[&who.session, &who.organiser, &organisation])
            .await?;
        Ok(done.is_some())
    }
}

/// Begins a session; what the cookie carries. `None` if the account was stopped or its password changed meanwhile.
pub(super) async fn begin(
    client: &Client,
    organiser: OrganiserId,
    password_hash: &str,
    is_complete: bool,
    agent: &str,
) -> Result<Option<String>, Error> {
    let (cookie, hash) = secret::make(SESSION)?;
    let agent: String = agent
        .chars()
        .filter(|letter| !letter.is_control())
        .take(AGENT_MAX)
        .collect();
    let begun = client
        .execute(
            INSERT,
            &[
                &Uuid::new_v4(),
                &hash.as_slice(),
                &organiser,
                &is_complete,
                &agent,
                &password_hash,
            ],
        )
        .await?;
    Ok((begun == 1).then_some(cookie))
}

/// Ends all sessions of an account, but for one.
pub(super) async fn end_all(
    transaction: &Transaction<'_>,
    organiser: OrganiserId,
    but: Option<Uuid>,
) -> Result<(), Error> {
    transaction.execute(END_ALL, &[&organiser, &but]).await?;
    Ok(())
}
