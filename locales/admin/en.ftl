# The texts of the organiser's side that every part of it shares: the frame, signing in, members, tokens, the audit
# trail. As in the files beside this folder. `done-` tells what was just done, `audit-` names an action.


## The frame

admin-nav-events = Events
admin-nav-members = Members
admin-nav-tokens = API tokens
admin-nav-audit = Audit trail
admin-nav-event = This event
admin-switch = Switch organisation
admin-sign-out = Sign out
admin-in-shop = See it in the shop
admin-back = Back
admin-more = More
admin-home = To your events

## Signing in

sign-in-heading = Sign in
sign-in-lead = For organisers and door staff. To buy tickets nobody needs an account.
sign-in-button = Sign in
sign-in-wrong = The e-mail address or the password is wrong.
sign-in-forgotten = Forgotten your password? Whoever runs this server can make a link that sets a new one.
sign-in-code-heading = One more step
sign-in-code-lead = Type the six digits that your authenticator app shows now.
sign-in-code-lost = Lost the phone? Whoever runs this server can make a link that lets you in again.

## Invitations

invitation-heading = Invitation
invitation-to = You are invited to { $organisation }
invitation-as = Your role: { $role }.
invitation-accept = Make my account
invitation-accept-as = Join as { $email }
invitation-sign-in = There is an account for { $email }. Sign in, and you come back here.
invitation-another = The invitation is for somebody else: you are signed in as { $email }. Sign out, then open the link again.
invitation-gone = This link is of no use any more
invitation-gone-lead = Links are good once, and for seven days. Ask for a new one.
reset-heading = Set a new password
reset-lead = For { $email }. Every session ends, and the second factor is turned off.

## The account

account-heading = Your account
account-password = Password
account-present-password = Present password
account-new-password = New password
account-name-missing = Say what you are called.
account-email-taken = There is an account with this address. Sign in, then open the link again.
password-heading = Password
password-hint = At least 12 characters. Length counts, not which characters.
password-too-short = A password has at least 12 characters.
password-too-long = A password has at most 1,024 bytes.
password-is-email = The password must not be the e-mail address.
password-wrong = This is not your present password.
password-change = Change the password
password-ends-sessions = You stay signed in here, and are signed out everywhere else.
second-factor-heading = Second factor
second-factor-is-on = On
second-factor-lead = Signing in then also takes six digits from an app on your phone. A stolen password alone opens nothing.
second-factor-scan = Scan this code with your authenticator app, then type the six digits that it shows.
second-factor-qr = QR code for the authenticator app
second-factor-type = Or type this key into the app:
second-factor-code = Six digits from the app
second-factor-wrong = These digits are wrong, or were used before. Take those that the app shows now.
second-factor-turn-on = Turn it on
second-factor-turn-off = Turn it off
sessions-heading = Where you are signed in
sessions-this = This browser
sessions-last-used = Last used { $slot } UTC
sessions-end = End it

## Organisations and events

organisations-heading = For whom do you work now?
organisations-none = You are a member of no organisation. Ask an owner for an invitation.
organisations-choose = Work here
admin-events-when = Which events
admin-events-to-come = To come
admin-events-past = Past
admin-events-none = There are no events here yet.
admin-events-event = Event
admin-events-starts = Starts
admin-events-place = Where
admin-events-tickets = Tickets

## Members

role-owner = Owner
    .may = does everything, and says who else does what
role-manager = Manager
    .may = does everything but that
role-finance = Finance
    .may = reads and exports everything, changes nothing
role-scanner = Scanner
    .may = lets guests in, sees nothing else
members-role = Role
members-role-of = Role of { $name }
members-role-missing = Choose a role.
members-last-seen = Last here (UTC)
members-you = You
members-change = Change
members-remove = Remove
members-remove-sure = { $name } is out at once.
members-last-owner = An organisation keeps an owner. Make somebody else an owner first.
members-is-member = They are a member already.
members-too-many = Too many invitations are open. Withdraw some first.
members-invite = Invite somebody
members-invite-button = Make a link
members-invited = The invitation is ready
members-invited-lead = Send this link to { $email }. It is shown this once, good once, and for seven days.
invitations-open = Open invitations
invitations-until = until { $slot } UTC
invitations-withdraw = Withdraw

## API tokens

tokens-lead = Programs that act for this organisation show a token. Each sees what its scopes say, and nothing of other organisations.
tokens-none = There are no tokens.
tokens-name = Who or what uses it
tokens-name-wrong = 1 to 200 printable characters.
tokens-scopes = Scopes
tokens-scopes-missing = Choose at least one.
tokens-last-used = Last used (UTC)
tokens-expires = Good until (UTC)
tokens-days = Days for which it is good
tokens-days-wrong = 1 to 3,650 days.
tokens-make = Make a token
tokens-make-button = Make it
tokens-made = The token is ready
tokens-made-lead = For { $name }. Copy it now: it is shown this once.
tokens-revoke = Revoke
tokens-revoked = Revoked
tokens-expired = Expired

## The audit trail

audit-lead = Who did what, when, and what it was before. Entries are never changed. Times are UTC.
audit-none = Nothing was changed yet.
audit-older = Older
audit-newest = To the newest
audit-by-organiser = member
audit-by-token = API token
audit-by-operator = operator
audit-by-system = server
audit-organisation-added = Organisation made
audit-member-added = Member added
audit-member-invited = Member invited
audit-member-joined = Member joined
audit-member-role-changed = Role changed
audit-member-removed = Member removed
audit-invitation-withdrawn = Invitation withdrawn
audit-password-changed = Password changed
audit-second-factor-on = Second factor turned on
audit-second-factor-off = Second factor turned off
audit-token-made = API token made
audit-token-revoked = API token revoked
audit-buyer-forgotten = Buyer forgotten
audit-organiser-disabled = Account stopped
audit-organiser-enabled = Account started again
audit-password-reset = Password reset

## What was just done

done-welcome = Welcome.
done-signed-out = You are signed out.
done-password-changed = The password is changed. Every other session has ended.
done-second-factor-on = The second factor is on.
done-second-factor-off = The second factor is off.
done-session-ended = The session has ended.
done-role-changed = The role is changed.
done-member-removed = The member is removed.
done-invitation-withdrawn = The invitation is withdrawn.
done-token-revoked = The token is revoked. Every server refuses it within five seconds.

## Problems

problem-many-sign-ins = At most so many sign-ins within { $window } seconds. Try again in { $seconds } seconds.
problem-role = Your role does not allow this. An owner of the organisation can change it.
problem-signed-out = Sign in on the organiser’s side first.
role-forbidden = Your role does not allow this
    .assurance = Nothing was changed.
    .advice = Ask an owner of the organisation for another role.
admin-not-found = There is nothing here
    .assurance = It does not exist, or belongs to another organisation.
    .advice = Check the address, or begin with your events.
