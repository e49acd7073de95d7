//! Roles, and what each may do: decided here and nowhere else.

use super::Invalid;

/// What somebody is in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Does everything, and says who else does what.
    Owner,
    /// Does everything but that.
    Manager,
    /// Reads and exports everything; changes nothing.
    Finance,
    /// Lets guests in, and sees no more than that takes.
    Scanner,
}

/// What a page or an endpoint asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// To see and export.
    Read,
    /// To change events, bookings and what belongs to them.
    Manage,
    /// To say who is a member, and to make API tokens.
    Own,
    /// To let guests in.
    Scan,
}

impl Role {
    /// The most powerful first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::Finance, Self::Scanner];

    /// As the database, forms and the command line have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Finance => "finance",
            Self::Scanner => "scanner",
        }
    }

    /// Whether it may.
    pub fn may(self, right: Right) -> bool {
        match self {
            Self::Owner => true,
            Self::Manager => right != Right::Own,
            Self::Finance => right == Right::Read,
            Self::Scanner => right == Right::Scan,
        }
    }
}

impl std::str::FromStr for Role {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut all = Self::ALL.into_iter();
        all.find(|role| role.as_str() == text)
            .ok_or_else(|| Invalid::new("must be owner, manager, finance or scanner"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_its_line_says() {
        use Right::{Manage, Own, Read, Scan};
        for (role, rights) in [
            (Role::Owner, vec![Read, Manage, Own, Scan]),
            (Role::Manager, vec![Read, Manage, Scan]),
            (Role::Finance, vec![Read]),
            (Role::Scanner, vec![Scan]),
        ] {
            let all = [Read, Manage, Own, Scan].into_iter();
            let has: Vec<Right> = all.filter(|right| role.may(*right)).collect();
            assert_eq!(has, rights, "{role:?}");
            assert_eq!(role.as_str().parse(), Ok(role));
        }
    }
}
