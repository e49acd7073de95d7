# As en.ftl.


## The frame

admin-nav-events = イベント
admin-nav-members = メンバー
admin-nav-tokens = APIトークン
admin-nav-audit = 変更履歴
admin-nav-event = このイベント
admin-switch = 組織を切り替える
admin-sign-out = サインアウト
admin-in-shop = ショップで見る
admin-back = 戻る
admin-more = もっと見る
admin-home = イベント一覧へ

## Signing in

sign-in-heading = サインイン
sign-in-lead = 主催者と入場スタッフ用です。チケットの購入にアカウントは要りません。
sign-in-button = サインイン
sign-in-wrong = メールアドレスまたはパスワードが違います。
sign-in-forgotten = パスワードを忘れた場合は、このサーバーの管理者が再設定用のリンクを発行できます。
sign-in-code-heading = あと一歩です
sign-in-code-lead = 認証アプリに表示されている6桁の数字を入力してください。
sign-in-code-lost = スマートフォンを紛失した場合は、このサーバーの管理者が再びサインインできるリンクを発行できます。

## Invitations

invitation-heading = 招待
invitation-to = { $organisation } への招待
invitation-as = 役割：{ $role }
invitation-accept = アカウントを作成する
invitation-accept-as = { $email } として参加する
invitation-sign-in = { $email } のアカウントがあります。サインインすると、このページに戻ります。
invitation-another = この招待は別の人宛てです。現在 { $email } としてサインインしています。サインアウトしてから、もう一度リンクを開いてください。
invitation-gone = このリンクは使えません
invitation-gone-lead = リンクは1回限り、7日間有効です。新しいリンクを依頼してください。
reset-heading = 新しいパスワードを設定する
reset-lead = { $email } のパスワードです。すべてのセッションが終了し、二要素認証はオフになります。

## The account

account-heading = アカウント
account-password = パスワード
account-present-password = 現在のパスワード
account-new-password = 新しいパスワード
account-name-missing = 名前を入力してください。
account-email-taken = このアドレスのアカウントがあります。サインインしてから、もう一度リンクを開いてください。
password-heading = パスワード
password-hint = 12文字以上。文字の種類ではなく長さが大切です。
password-too-short = パスワードは12文字以上にしてください。
password-too-long = パスワードは1,024バイト以内にしてください。
password-is-email = メールアドレスをパスワードにすることはできません。
password-wrong = 現在のパスワードと一致しません。
password-change = パスワードを変更する
password-ends-sessions = この端末ではサインインしたまま、ほかの端末ではサインアウトされます。
second-factor-heading = 二要素認証
second-factor-is-on = オン
second-factor-lead = サインインに、スマートフォンのアプリが表示する6桁の数字も必要になります。パスワードが盗まれても、それだけでは入れません。
second-factor-scan = 認証アプリでこのコードを読み取り、表示された6桁の数字を入力してください。
second-factor-qr = 認証アプリ用のQRコード
second-factor-type = または、次のキーをアプリに入力してください。
second-factor-code = アプリの6桁の数字
second-factor-wrong = 数字が違うか、すでに使われています。いま表示されている数字を入力してください。
second-factor-turn-on = オンにする
second-factor-turn-off = オフにする
sessions-heading = サインイン中の端末
sessions-this = このブラウザー
sessions-last-used = 最終使用：{ $slot }（UTC）
sessions-end = 終了する

## Organisations and events

organisations-heading = どの組織の作業をしますか？
organisations-none = どの組織のメンバーでもありません。オーナーに招待を依頼してください。
organisations-choose = ここで作業する
admin-events-when = イベントの時期
admin-events-to-come = これから
admin-events-past = 終了
admin-events-none = イベントはまだありません。
admin-events-event = イベント
admin-events-starts = 開始
admin-events-place = 会場
admin-events-tickets = チケット

## Members

role-owner = オーナー
    .may = すべての操作とメンバーの管理ができます
role-manager = マネージャー
    .may = メンバーの管理以外のすべての操作ができます
role-finance = 経理
    .may = すべての閲覧と書き出しができ、変更はできません
role-scanner = 入場スタッフ
    .may = 入場の受付だけができます
members-role = 役割
members-role-of = { $name } の役割
members-role-missing = 役割を選んでください。
members-last-seen = 最終アクセス（UTC）
members-you = あなた
members-change = 変更する
members-remove = 外す
members-remove-sure = { $name } はただちに利用できなくなります。
members-last-owner = 組織にはオーナーが必要です。先に別の人をオーナーにしてください。
members-is-member = すでにメンバーです。
members-too-many = 未使用の招待が多すぎます。先にいくつか取り消してください。
members-invite = 招待する
members-invite-button = リンクを作成する
members-invited = 招待の準備ができました
members-invited-lead = このリンクを { $email } に送ってください。表示は今回限り、使えるのは1回、7日間です。
invitations-open = 未使用の招待
invitations-until = { $slot }（UTC）まで
invitations-withdraw = 取り消す

## API tokens

tokens-lead = この組織のために動くプログラムが使うトークンです。権限の範囲だけを扱え、ほかの組織のものは見えません。
tokens-none = トークンはありません。
tokens-name = 使用者または用途
tokens-name-wrong = 1〜200文字で入力してください。
tokens-scopes = 権限
tokens-scopes-missing = 1つ以上選んでください。
tokens-last-used = 最終使用（UTC）
tokens-expires = 有効期限（UTC）
tokens-days = 有効日数
tokens-days-wrong = 1〜3,650日で入力してください。
tokens-make = トークンを作成する
tokens-make-button = 作成する
tokens-made = トークンができました
tokens-made-lead = { $name } 用です。表示は今回限りですので、いまコピーしてください。
tokens-revoke = 無効にする
tokens-revoked = 無効
tokens-expired = 期限切れ

## The audit trail

audit-lead = だれが、いつ、何をしたか、その前はどうだったかの記録です。記録は変更されません。時刻はUTCです。
audit-none = まだ変更はありません。
audit-older = 古い記録
audit-newest = 最新の記録へ
audit-by-organiser = メンバー
audit-by-token = APIトークン
audit-by-operator = 運用者
audit-by-system = サーバー
audit-organisation-added = 組織を作成
audit-member-added = メンバーを追加
audit-member-invited = メンバーを招待
audit-member-joined = メンバーが参加
audit-member-role-changed = 役割を変更
audit-member-removed = メンバーを外した
audit-invitation-withdrawn = 招待を取り消し
audit-password-changed = パスワードを変更
audit-second-factor-on = 二要素認証をオン
audit-second-factor-off = 二要素認証をオフ
audit-token-made = APIトークンを作成
audit-token-revoked = APIトークンを無効化
audit-buyer-forgotten = 購入者の情報を削除
audit-organiser-disabled = アカウントを停止
audit-organiser-enabled = アカウントを再開
audit-password-reset = パスワードを再設定

## What was just done

done-welcome = ようこそ。
done-signed-out = サインアウトしました。
done-password-changed = パスワードを変更しました。ほかのセッションはすべて終了しました。
done-second-factor-on = 二要素認証をオンにしました。
done-second-factor-off = 二要素認証をオフにしました。
done-session-ended = セッションを終了しました。
done-role-changed = 役割を変更しました。
done-member-removed = メンバーを外しました。
done-invitation-withdrawn = 招待を取り消しました。
done-token-revoked = トークンを無効にしました。すべてのサーバーが5秒以内に拒否します。

## Problems

problem-many-sign-ins = { $window }秒間のサインイン回数には上限があります。{ $seconds }秒後にもう一度お試しください。
problem-role = この操作はあなたの役割では許可されていません。組織のオーナーが役割を変更できます。
problem-signed-out = 先に主催者ページでサインインしてください。
role-forbidden = この役割では許可されていません
    .assurance = 何も変更されていません。
    .advice = 組織のオーナーに役割の変更を依頼してください。
admin-not-found = ここには何もありません
    .assurance = 存在しないか、別の組織のものです。
    .advice = アドレスを確認するか、イベント一覧から始めてください。
