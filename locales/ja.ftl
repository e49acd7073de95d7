# The texts of the pages in Japanese. What variables stand for is said in en.ftl.

## What is around every page

language = 日本語
skip-to-content = 本文へ移動
nav-main = メイン
nav-events = イベント
nav-bookings = 予約一覧
test-mode = テストモード：カードへの請求はありません
footer-promise = チケットは1枚につき1席または1名分で、二重に販売することはありません。予約が確定しないまま代金をいただくこともありません。
footer-languages = 言語

## The list of events

events-title = 開催予定のイベント
events-heading = 開催予定と残席状況
events-lead = コンサート、演劇、スポーツ。座席も残数も実際のまま。待合室はありません。
events-found = 「{ $words }」のイベント
search-label = イベント、出演者、会場、都市、国で検索
search-placeholder = イベント、出演者、都市…
search-button = 検索
events-none-announced = 現在、公開中のイベントはありません
events-come-back = またのお越しをお待ちしております。
events-none-found = 見つかりませんでした
events-search-again = つづりを確認するか、語を減らしてみてください。
events-all = すべての開催予定イベント
events-from = { $slot }から
events-pages = イベント一覧のページ
events-first-page = 最初のページへ
events-next-page = さらに表示
events-opens = { $date }発売
events-on-sale = 販売中
events-some-held = ほかの方が手続き中（空きが出る場合あり）
filters-heading = 絞り込み
filters-show = イベントを表示
filters-clear = すべて解除
filters-active = 適用中の絞り込み
filters-remove = 絞り込み「{ $filter }」を外す
filters-any = すべて
filters-city = 都市
filters-country = 国
filters-genre = ジャンル
filters-from = 開始日
filters-to = 終了日
filters-price = 上限価格
filters-currency = 通貨
chip-from = { $date }から
chip-to = { $date }まで
chip-price = { $amount }以下
chip-series = 同じシリーズの公演
events-featured = 注目のイベント
events-today = 今日
events-this-week = 今週
events-this-weekend = 今週末
events-next-week = 来週
events-fitting = 条件に合うイベント
events-not-exactly = 「{ $words }」に完全に一致するものはありません。
events-did-you-mean = もしかして：{ $slot }
events-none-fit = すべての条件に合うイベントはありません
events-drop-filters = 絞り込みなしで探す
events-any-day = すべての日程を表示
events-other-days = 近い別の日程
events-coming-up = まもなく開催
events-without-filters = 絞り込みなしの結果
genre-concert = コンサート
genre-classical = クラシック音楽
genre-opera = オペラ
genre-musical = ミュージカル
genre-theatre = 演劇
genre-dance = ダンス
genre-comedy = お笑い・コメディ
genre-festival = フェスティバル
genre-club = クラブイベント
genre-sport = スポーツ
genre-family = ファミリー
genre-talk = トーク・講演
genre-film = 映画
genre-exhibition = 展覧会
genre-other = その他
counts-old =
    { $count ->
       *[other] 現在、残数を更新できません。表示は{ $number }分前のものです。
    }

## What is left of a tier

stock-open = 残り{ $number }枚
stock-few = 残りわずか{ $number }枚
stock-held = ほかの方が手続き中（空きが出る場合あり）
stock-sold = 完売

## The page of an event

event-all-events = イベント一覧
event-when = 日時
event-where = 会場
two-parts = { $first }, { $second }
event-date-time = { $date } { $time }
# Said of the picture of an event to those who do not see it.
event-picture = { $name }の画像
event-over = このイベントは始まっています
event-over-text = 販売は終了しました。
event-over-link = ほかのイベントを見る
event-soon = まだ発売前です
event-soon-text = 販売開始：{ $slot }
event-opens-in = 販売開始まで
event-reload = 時刻になりましたら、このページを再読み込みしてください。
event-prices = 料金
facts-heading = ご案内
facts-genre = ジャンル
facts-doors = 開場
facts-start = 開演
facts-end = 終演
facts-end-about = { $time }（{ $length }）
length-hours = { $hours }時間
length-minutes = { $minutes }分
length-both = { $hours }時間{ $minutes }分
facts-age = 年齢
age-all = 年齢制限なし
age-from = { $number }歳以上
facts-lineup = 出演
facts-address = 住所
facts-map = 地図で見る
facts-access = バリアフリー
facts-organiser = 主催
facts-refunds = 払い戻し
facts-terms = 主催者の規約
facts-dates = ほかの日程
facts-about = イベントについて
pay-terms = 払い戻しと規約：{ $slot }
pay-terms-link = イベントページで確認
access-step-free = 段差のない入口
access-wheelchair-places = 車いす席
access-accessible-toilet = バリアフリートイレ
access-accessible-parking = 障がい者用駐車場
access-hearing-loop = ヒアリングループ
access-assistance-dogs = 補助犬同伴可
access-sign-language = 手話通訳
access-captions = 字幕
access-audio-description = 音声ガイド
access-relaxed = リラックス公演
tier-numbered = 指定席
tier-general = 席の指定なし
tier-each = 1枚 { $slot }
tier-choose-seats = 座席を指定する
tier-choose-seats-of = { $tier }の座席を指定する
tier-quantity = { $tier }の枚数
order-choose = チケットを選ぶ
order-summary = ご注文内容
order-limit =
    { $count ->
       *[other] 1回のご予約は{ $number }枚まで、お一人様{ $buyer }枚までです。
    }
order-promise = お支払いの間、チケットを確保します。「支払う」を押すまで請求はありません。
order-total = 合計
order-book = 予約する
own-holds =
    { $count ->
       *[other] このイベントのチケットをすでに{ $number }枚確保しています
    }
own-holds-keep =
    { $count ->
       *[other] 確保済みの分はそのままで、今回の分も予約する
    }
own-holds-replace =
    { $count ->
       *[other] 確保済みの{ $number }枚を手放し、今回の分と入れ替える
    }
order-choose-tickets = チケットを選択
order-choose-more-seats =
    { $count ->
       *[other] 座席をあと{ $number }席選択
    }
order-best-seats = 座席を指定されない場合は、並びで取れる最も良い席をご用意します。
order-all-sold = チケットは完売しました。
order-all-held = チケットはすべて販売済みか、ほかの方が手続き中です。数分以内に空きが出る場合があります。

## Seat maps

map-hint = ご希望の座席を選ぶか、上で枚数を指定してください。枚数だけの場合は、並びで最も良い席をお探しします。
map-sections = { $tier }の列
map-section = { $rows }列
map-free =
    { $count ->
       *[other] 空き{ $number }席
    }
map-none-free = 空きなし
map-title = 会場
map-label = 会場の座席表（図）。上の座席リストも同じ内容です
map-how = ドラッグで移動できます。ピンチ操作や＋ボタン、座席の混み合った所のタップで拡大します。キーボードでは矢印キーで空席の間を移動し、スペースキーで選びます。
map-stage = ステージ
map-stage-this-way = ステージ方向 ↑
map-legend-free = 空席
map-legend-yours = 選択中
map-legend-held = ほかの方が手続き中
map-legend-sold = 販売済み
map-wheelchair = 車いす席
map-companion = 隣の同伴者席
map-list = { $tier }の座席リスト
map-other-rows = ほかの列
map-row = { $row }列

## Why an order is refused

refused-seats-differ = 枚数と同じ数の座席をお選びください
refused-seats-differ-text = チケットの枚数と選択された座席の数が一致していません。予約も請求も行われていません。
# $tickets, $seats and $instead are such as “チケット2枚”; $instead says how many tickets to choose instead.
refused-seats-too-few =
    { $count ->
       *[other] { $tickets }に対して、{ $seats }が選択されています。座席をあと{ $number }席選ぶか、{ $instead }に変更してください。
    }
refused-seats-too-many =
    { $count ->
       *[other] { $tickets }に対して、{ $seats }が選択されています。座席の選択を{ $number }席外すか、{ $instead }に変更してください。
    }
tickets =
    { $count ->
       *[other] チケット{ $number }枚
    }
seats =
    { $count ->
       *[other] 座席{ $number }席
    }
refused-over-limit = 1回に予約できる枚数を超えています
refused-over-limit-text =
    { $count ->
       *[other] 1回に予約できるのは{ $number }枚までですが、{ $asked }枚が選択されています。予約は行われていません。
    }
refused-empty = チケットが選択されていません
refused-empty-text = 枚数を選んでから予約してください。
refused-invalid = ご注文内容をご確認ください
refused-invalid-text = 予約できない内容が含まれています。予約も請求も行われていません。
refused-whole-number = 枚数は整数で選択してください。
refused-sold-out = チケットの残数が足りません
refused-sold-out-text = ご注文の一部だけを予約することはないため、予約は行われていません。残っているチケットからお選びください。
refused-none-left = 残っていません。
refused-only-left = 残り{ $number }枚です。
refused-held = ほかの方が手続き中のチケットです
refused-held-text = 数分以内に空きが出る場合があります。予約は行われていません。しばらくしてからもう一度お試しください。
refused-held-tier = ただいま、ほかの方が手続き中です。
refused-some-held = 現在、空いているチケットが足りません
refused-some-held-text = 残りはほかの方が手続き中で、数分以内に空きが出る場合があります。ご注文の一部だけを予約することはないため、予約は行われていません。
refused-only-free = 現在の空きは{ $number }枚です。
refused-buyer-limit = お一人様の上限枚数を超えています
refused-buyer-limit-none =
    { $count ->
       *[other] このイベントのチケットはお一人様{ $number }枚までで、すでに上限に達しています。予約は行われていません。
    }
refused-buyer-limit-left =
    { $count ->
       *[other] このイベントのチケットはお一人様{ $number }枚までです。あと{ $left }枚予約できます。今回の予約は行われていません。
    }
refused-nothing-booked = 予約は行われていません。
refused-too-early = まだ発売前です
refused-over = 販売は終了しました
refused-over-text = イベントはすでに始まっています。予約は行われていません。
refused-key-reused = このフォームからはすでに予約済みです
refused-key-reused-text = このフォームは別の内容で送信済みで、そのご注文は有効です。追加で予約する場合は、もう一度送信してください。
refused-key-reused-link = 予約一覧を見る
refused-undecided = まだ何も予約されていません。今回のチケットを追加するか、確保済みの分と入れ替えるかを、下の注文欄で選んでください。
refused-hold-link = 確保済みのまま支払いへ進む
refused-hold-kept = 確保済みのチケットはそのままです。
refused-paid = 以前のチケットは支払い済みです
refused-paid-text = お支払いが完了しているか、銀行が確認中です。変更はありません。追加のチケットが必要な場合は、もう一度予約してください。
refused-paid-link = その予約を見る
refused-busy = ただいま大変混み合っています
refused-busy-text = 選択内容はそのまま残っています。しばらくしてからもう一度予約してください。同じご注文が二重に予約されることはありません。
refused-seats-gone = 選択された座席の一部が埋まりました
refused-seats-gone-text = ほかの方が先に確保しました。予約も請求も行われていません。別の座席を選ぶか、並びで最も良い席をおまかせでお選びください。
refused-seats-offered = ほかの方が先に確保しました。予約も請求も行われていません。最も近い空席を選択しておきました。このまま予約するか、別の座席を選ぶか、選択をすべて外しておまかせください。
refused-seats-few =
    { $count ->
       *[other] ほかの方が先に確保しました。予約も請求も行われていません。ご希望の{ $wanted }席に対して、現在の空きは{ $number }席のみです。その席を選択しておきました。
    }
refused-just-taken = 埋まった座席：{ $seats }。
refused-ticked-instead = 代わりに選択した座席：{ $seats }。

## A booking's states

state-pending = お支払い待ち
state-confirmed = 予約確定
state-failed = お支払い失敗
state-expired = 期限切れ
state-cancelled = キャンセル済み
booking-title = { $state }：{ $event }
steps = 予約の流れ
step-choose = チケット
step-pay = 情報とお支払い
step-done = チケットの受け取り

## A booking that is held

hold-heading =
    { $count ->
       *[other] チケット{ $number }枚を確保しています
    }
hold-lead =
    { $count ->
       *[other] { $slot }までにお支払いください。「支払う」を押すまで請求はありません。
    }
hold-time-left = お支払いの残り時間
bank-heading = カード会社の回答を待っています
bank-lead = カード会社がお支払いを確認しています。通常は1分以内に回答があります。チケットは数分間確保されます。結果はこのページに自動で表示されます。ページを閉じて、後で「予約一覧」でご確認いただくこともできます。もう一度お支払いにならないでください。
act-heading = お支払いにはもう一つ手順が必要です
act-lead = 銀行または決済事業者のページでお支払いを確認してください。まだ請求はありません。チケットは{ $slot }まで確保されています。
act-continue = 手続きを続けて{ $amount }を支払う
act-other = 別の方法で支払う
act-needs-script = この手順にはJavaScriptが必要です。使えない場合は、別の方法でお支払いください。
declined-abandoned = お支払いは完了していません。請求はありません。チケットは{ $time }まで確保していますので、お支払い方法をお選びください。
declined-unavailable = 決済事業者が現在応答していません。請求はありません。チケットは{ $time }まで確保していますので、もう一度お試しください。
declined-refused = 決済事業者がお支払いを受け付けませんでした。請求はありません。チケットは引き続き確保しています。もう一度お試しいただくか、別の方法でお支払いください。
declined-authentication = 銀行でお支払いが確認されませんでした。請求はありません。チケットは引き続き確保しています。もう一度お試しいただくか、別の方法でお支払いください。
declined-heading = お支払いが完了しませんでした
declined-text = { $card }：{ $why }。請求はありません。チケットは引き続き確保しています。別のカードをお試しください。
declined-text-online = { $why }。請求はありません。チケットは引き続き確保しています。もう一度お試しいただくか、別の方法でお支払いください。
declined-tries-left =
    { $count ->
       *[other] あと{ $number }回お試しいただけます。
    }
pay-heading = カードでお支払い
pay-card-number = カード番号
pay-card-problem = カード番号をご確認ください。数字に誤りか不足があるようです。請求はありません。
contact-legend = ご連絡先
contact-hint = このブラウザでチケットが見られなくなっても、予約番号とメールアドレスで再び開けます。
contact-name = お名前
contact-email = メールアドレス
contact-optional = （任意）
contact-name-problem = お名前が長すぎます。
contact-email-problem = メールアドレスをご確認ください。一部が抜けているようです。請求は発生していません。
contact-name-missing = 主催者がお名前を求めています。請求は発生していません。
contact-email-missing = 主催者がメールアドレスを求めています。請求は発生していません。
pay-simulated = このサイトのお支払いは模擬です。実際のカードは使わず、テストカードをお使いください。
pay-cancel = ご都合が変わっても、イベントの開始前ならキャンセルでき、代金は全額お返しします。
pay-button = { $amount }を支払う
pay-heading-any = お支払い
pay-opening = お支払いフォームを開いています…
pay-method-problem = お支払い方法を入力してください。請求はありません。
pay-hosted-hint = 決済事業者のページでお支払いいただき、その後このページに戻ります。
pay-hosted-button = 決済事業者のページで{ $amount }を支払う
test-cards = テストカード
test-card-number = 番号
test-card-does = 結果
test-card-succeeds = 承認される
test-card-declined = 承認されない
test-card-insufficient = 残高が不足している
test-card-error = 一時的に処理できない
test-card-asks = 確認を求める（3Dセキュア）
test-card-later = 後から回答がある
give-back = チケットの確保を取り消す
give-back-text = チケットはすぐに販売に戻り、ほかの方が購入できるようになります。
give-back-button =
    { $count ->
       *[other] チケット{ $number }枚の確保を取り消す
    }
order-of-booking = ご注文内容

## What a booking holds

items-what = ご予約の内容
items-tickets = チケット
items-sum = 金額
items-at = 1枚 { $price }
items-seats =
    { $count ->
       *[other] 座席 { $seats }
    }
items-together = 並び席
reference = 予約番号 { $slot }

## A booking that is confirmed

confirmed-heading = ご予約が確定しました！
confirmed-lead =
    { $count ->
       *[other] { $event }のチケット{ $number }枚のお支払いが完了しました。
    }
confirmed-print = 印刷・PDFで保存
confirmed-codes = コードを表示
confirmed-calendar = カレンダーに追加
ticket-row = 列
ticket-seat = 座席
ticket-admission = 入場
ticket-general = 席の指定なし
ticket-code = { $number }枚目のチケットのQRコード
ticket-count = { $all }枚中{ $number }枚目
codes-show = 全画面で表示
codes-show-one = チケット{ $number }を全画面で表示
codes-previous = 前のチケット
codes-next = 次のチケット
codes-close = 閉じる
codes-hint = 入場時は画面の明るさを最大にしてください。
share-heading = チケットをいつでもお手元に
share-text = このリンクがあれば、どの端末からでもこの予約とチケットを表示できます。リンクを知っている人は誰でも見られますのでご注意ください。
share-link = この予約のリンク
share-copy = リンクをコピー
share-button = 共有
phone-heading = スマートフォンで開く
phone-text = スマートフォンのカメラをこのコードに向けると、この予約が開きます。
phone-code = この予約を開くコード
offline-kept = これらのチケットは接続がなくても開けます。このブラウザに90日間コピーを保存します。新しい購入者として始めると、コピーは削除されます。
offline-copy = サイトに接続できません。{ $slot }時点のチケットを表示しています。その後の変更は反映されていません。
paper-heading = 印刷
paper-several = 1ページに複数のチケット
paper-one = 1ページに1枚
cancel-heading = この予約をキャンセル
cancel-text =
    { $count ->
       *[other] チケット{ $number }枚はすぐに販売に戻ります。{ $amount }をカードに返金します。
    }
cancel-button = キャンセルして{ $amount }の返金を受ける
back-to-event = イベントに戻る
receipt-heading = 購入明細
receipt-what = ご購入内容
receipt-payments = お支払い
receipt-booked = 予約日時：{ $time }
receipt-contact = ご予約者：{ $contact }
calendar-seats = 座席：{ $seats }
calendar-reference = 予約番号：{ $reference }

## A booking that has ended

ended-expired = お支払い期限が過ぎました
ended-late = チケットの確保は終了しました
ended-expired-text = 期限までにお支払いがなかったため、チケットは販売に戻りました。
ended-late-text = カード会社の回答が期限までに届かなかったため、チケットは販売に戻りました。
ended-failed = お支払いが完了しませんでした
ended-failed-text = お支払いが完了しなかったため、チケットは販売に戻りました。
ended-cancelled = この予約はキャンセルされました
ended-cancelled-text = チケットは販売に戻りました。
ended-book-again = 同じチケットを予約し直す
ended-try-again = 同じ内容でもう一度注文する
ended-if-available = { $items }（空きがある場合）。
ended-other-seats = 座席は変わることがあります。
ended-what = ご注文の内容
money-none = 請求はありません。
money-pending-expired = お支払い（{ $card }）はカード会社で確認中です。承認された場合、チケットが残っていればお渡しし、なければ全額を返金します。ほかのチケットをお支払いになる前に、結果をお待ちください。
money-pending = お支払い（{ $card }）はカード会社で確認中です。承認された場合は、全額を返金します。
money-refunded = { $amount }を全額返金しました（{ $card }）。
money-refund-failed = { $amount }を返金できませんでした（{ $card }）。主催者には通知済みで、別の方法で返金いたします。
money-on-its-way = { $amount }の返金手続き中です（{ $card }）。
money-pending-expired-online = お支払いは処理中です。完了した場合、チケットが残っていればお渡しし、なければ全額を返金します。ほかのチケットをお支払いになる前に、結果をお待ちください。
money-pending-online = お支払いは処理中です。完了した場合は、全額を返金します。
money-refunded-online = { $amount }を全額返金しました。
money-refund-failed-online = { $amount }を返金できませんでした。主催者には通知済みで、別の方法で返金いたします。
money-on-its-way-online = { $amount }の、お支払いになった方への返金手続き中です。

## Payments

payment-card = { $brand }（末尾{ $digits }）
payment-some-card = 末尾{ $digits }のカード
payment-paid = 支払い済み
payment-refunded = 返金済み（{ $time }）
payment-refund-due = 返金手続き中
payment-refund-failed = 返金が届きませんでした
payment-processing = カード会社の回答待ち
payment-declined = カード会社に承認されませんでした
payment-insufficient-funds = 残高不足のため承認されませんでした
payment-processing-error = カード会社で一時的に処理できませんでした
payment-online = オンライン決済
payment-abandoned = 完了していません
payment-unavailable = 決済事業者から応答がありませんでした
payment-refused = 決済事業者が受け付けませんでした
payment-authentication = 銀行で確認されませんでした
payment-not-charged = { $why }（請求なし）

## The list of bookings

bookings-lead = アカウント不要で、このブラウザに保存されています。
bookings-lead-new = このブラウザではまだ予約がありません。
bookings-none = まだ予約はありません
bookings-none-text = このブラウザで予約すると、ここに表示されます。
bookings-find = イベントを探す
bookings-to-pay = お支払い待ちの予約
bookings-coming = これからのイベント
bookings-past = 終了したイベント
bookings-ended = キャンセル・未払いの予約
bookings-show = チケットを表示
bookings-pay = 今すぐ支払う
bookings-continue = お支払いを続ける
bookings-pages = 予約一覧のページ
bookings-first-page = 最初のページへ
bookings-next-page = 次の予約
new-buyer-heading = 新しい購入者として始める
new-buyer-text = このブラウザには、これまでの予約とチケットが表示されなくなります。予約自体は有効なままです。
new-buyer-button = 新しい購入者にする
retrieve-heading = チケットを探す
retrieve-lead = 別のブラウザで購入したチケットや、以前のチケットを開けます。
retrieve-one = 1件の予約
retrieve-one-text = 予約番号はチケットと領収書にあります。メールアドレスは、お支払いのときに入力したものです。
retrieve-reference = 予約番号
retrieve-button = 予約を開く
retrieve-not-found = この予約番号とメールアドレスの予約は見つかりませんでした。両方をご確認ください。お支払いのときにアドレスを入力していない場合は、予約のリンクか、予約したブラウザでのみ開けます。
move-heading = 別のブラウザのすべての予約
move-text = もう一方の端末で「予約一覧」を開き、「別の端末に移す」を選ぶと、コードが表示されます。
move-code = コード
move-button = ここに移す
move-not-found = このコードは使えないか、期限が切れています。もう一方の端末で新しいコードを表示してください。
move-code-heading = 予約を移す準備ができました
move-code-lead = { $count ->
   *[other] このコードは{ $number }分間、1回だけ使えます。
}
move-code-qr = もう一方の端末でページを開くQRコード
move-code-text = もう一方の端末で読み取るか、「チケットを探す」を開いてコードを入力してください。予約はそちらに移り、ここには表示されなくなります。コードはほかの人に渡さないでください。
ways-heading = ほかの端末のチケット
ways-find = チケットを探す
ways-move = 別の端末に移す
back-to-bookings = 予約一覧に戻る
new-buyer-way-back = 始める前に、このコードを保管してください
new-buyer-way-back-text = 予約とチケットに戻るためのコードです。どの端末でも1回、1年間使えます。写真に撮るか、書き留めてください。
new-buyer-way-back-how = あとで「予約一覧」の「チケットを探す」を開いて入力してください。
new-buyer-sure = コードを保管しました。新しく始める

## Errors

error-quote = お問い合わせの際は、{ $slot }をお知らせください。
error-again = 再試行
error-events = 開催予定のイベント
nothing-at-address = このアドレスには何もありません。
no-time = 時間内にリクエストを処理できませんでした。
event-begins = イベントはすでに始まったか、まもなく始まるため、ご予約はキャンセルできません。
form-from-other-site = フォームが別のサイトから送信されたため、処理されませんでした。
form-from-unknown-site = フォームの送信元のサイトをブラウザが通知しなかったため、処理されませんでした。
wait-seconds =
    { $count ->
       *[other] { $number }秒後にもう一度お試しください。
    }
our-mistake = 当サイト側の問題で、内容は記録されています。
not-found = ページが見つかりません
    .assurance = ご予約はそのままです。何も変更されていません。
    .advice = アドレスに誤りがあるか、イベントが終了した可能性があります。開催予定のイベントからお探しください。
no-booking = この予約はここでは表示できません
    .assurance = ご自身の予約であれば、そのまま残っています。何も変更されていません。
    .advice = 予約のリンクから、または予約したブラウザで開いてください。ご自身の予約は「予約一覧」にあります。
forbidden = このリンクではその操作はできません
    .assurance = 変更も請求も行われていません。
    .advice = 予約のリンクでできるのは、予約の表示とお支払いです。そのほかの操作は購入者ご本人が行えます。
other-site = この操作は実行されませんでした
    .assurance = 予約も変更も請求も行われていません。
    .advice = ご自身の操作であれば、開催予定のイベントからやり直してください。このページが再び表示される場合は、ブラウザの拡張機能を無効にするか、別のブラウザでお試しください。
busy = ただいま大変混み合っています
    .assurance = 予約が確定しないまま代金をいただくことはありません。フォームが2回送信されても、処理は1回だけです。
    .advice = しばらくしてからこのページを再読み込みしてください。同じリクエストがもう一度送信されます。
too-many = 短時間の操作が多すぎます
    .assurance = 予約も変更も請求も行われていません。
    .advice = しばらく待ってからこのページを再読み込みしてください。同じリクエストがもう一度送信されます。
internal-error = 当サイトで問題が発生しました
    .assurance = 予約が確定しないまま代金をいただくことは決してありません。
    .advice = もう一度試す前に、「予約一覧」でご注文の状況をご確認ください。
too-late-to-cancel = キャンセルの期限を過ぎています
    .assurance = 何も変更されていません。チケットはそのままご利用いただけます。
    .advice = ご予約のページに戻るか、「予約一覧」をご確認ください。
not-possible = ここではその操作はできません
    .assurance = 変更も請求も行われていません。
    .advice = 開催予定のイベントに戻って、そこからお進みください。
too-large = 一度に送信できる量を超えています
    .assurance = 変更も請求も行われていません。
    .advice = 前のページに戻り、量を減らしてもう一度お試しください。
unreadable = 内容を読み取れませんでした
    .assurance = 変更も請求も行われていません。
    .advice = 前のページに戻り、再読み込みしてからもう一度お試しください。
other-problem = 処理できませんでした
    .assurance = 請求はありません。
    .advice = 前のページに戻って状況を確認するか、「予約一覧」をご覧ください。

## Problems of the API

problem-unreadable = リクエストを読み取れません
problem-invalid = リクエストが正しくありません
problem-body-not-json = 本文がJSONではありません: { $reason }
problem-body-unreadable = 本文を読み取れません
problem-form-unreadable = フォームを読み取れません
problem-key-missing = Idempotency-Keyヘッダーがちょうど1つ必要です。表示できる文字で1～255文字にしてください
problem-key-unprintable = Idempotency-Keyは、表示できる文字で1～255文字にしてください
problem-malformed-detail = リクエストが HTTP ではありません
problem-head-too-large-detail = リクエストのヘッダーは 128 KiB までです
problem-accept = クライアントが受け取れる形式がありません
problem-accept-detail = ここで送る形式は { $sent } ですが、Accept ヘッダーに含まれていません
problem-media-type = このコンテンツタイプには対応していません
problem-media-type-detail = 本文は{ $expected }で送信してください
problem-coding = このコンテンツエンコーディングには対応していません
problem-coding-detail = 本文はそのまま読み取ります。Content-Encodingヘッダーを付けずに送信してください
problem-too-slow = リクエストに時間がかかりすぎています
problem-too-slow-detail = 本文は{ $seconds }秒以内に届く必要があります
problem-too-large = リクエストが大きすぎます
problem-too-large-detail = 本文は最大{ $bytes }バイトです
problem-method = このメソッドは使用できません
problem-method-detail = ここでは{ $method }は使用できません
problem-not-found = 見つかりません
problem-no-event = このイベントはありません
problem-no-booking = この予約はありません
problem-no-payment = このお支払いはありません
problem-no-tier = この席種はありません
problem-no-gate = この入口はありません
problem-no-list = このリストはありません
problem-no-scan = このスキャンはありません
problem-scan-not-undoable = このスキャンは取り消せません
problem-scan-not-undoable-detail = 何も変更しなかったか、その後チケットが再びスキャンされました
problem-no-page = このページまたはエンドポイントはありません
problem-no-file = このファイルはありません
problem-no-calendar-file = このカレンダーファイルはありません
problem-who-are-you = どなたですか？
problem-token-missing = Authorization: Bearerでトークンを送信してください。トークンはPOST /api/buyersで発行できます
problem-token-unknown = このトークンは当サイトのものではありません
problem-token-expired = トークンの有効期限が切れています: { $time }
problem-token-revoked = トークンは取り消されています
problem-token-malformed = Authorizationヘッダーは「Bearer」、空白、トークンの順にしてください
problem-two-tokens = Authorizationヘッダーが2つあります
problem-not-allowed = 許可されていません
problem-scope-missing = トークンに権限{ $scope }がありません
problem-for-themselves = on_behalf_ofはAPIトークン用です。購入者は本人としてのみ操作できます
problem-link-cannot-cancel = 予約のリンクでは確認とお支払いはできますが、取り消しはできません
problem-other-site = 別のサイトから送信されました
problem-other-site-detail = フォームが別のサイトから送信されたため、処理しませんでした
problem-unknown-site = 送信元のサイトが不明です
problem-unknown-site-detail = どのサイトから送信されたかをブラウザーが示さなかったため、フォームを処理しませんでした
problem-busy = ただいま混み合っています
problem-many-viewers = 閲覧者が多すぎます。代わりに、ときどき空き状況を取得してください
problem-many-orders-waiting = 処理待ちの注文が多すぎます。予約は行われていません。同じキーでもう一度送信してください
problem-many-payments-waiting = 処理中のお支払いが多すぎます。請求は行われていません。同じキーでもう一度送信してください
problem-unavailable = 現在ご利用いただけません
problem-unavailable-detail = 現在サービスをご利用いただけません。同じIdempotency-Keyでもう一度お試しください
problem-internal = 当サイト側で問題が発生しました
problem-internal-detail = リクエストIDとともに記録されています
problem-too-many-requests = リクエストが多すぎます
problem-many-bookings = { $window }秒間の予約が多すぎます。何も行われていません。{ $seconds }秒後にもう一度お試しください
problem-many-payments = { $window }秒間のお支払いが多すぎます。何も行われていません。{ $seconds }秒後にもう一度お試しください
problem-many-reads = { $window }秒間の読み取りが多すぎます。何も行われていません。{ $seconds }秒後にもう一度お試しください
problem-many-new-buyers = { $window }秒間の新規購入者が多すぎます。何も行われていません。{ $seconds }秒後にもう一度お試しください
problem-many-retrievals = { $window }秒間の予約検索が多すぎます。何も行われていません。{ $seconds }秒後にもう一度お試しください
problem-many-webhooks = { $window }秒間のWebhookが多すぎます。何も行われていません。{ $seconds }秒後にもう一度お試しください
problem-sold-out = 完売
problem-tier-sold-out = { $tier }は完売しました
problem-tier-short = { $tier }は残り{ $left }枚です（ご希望は{ $asked }枚）
problem-held = ほかの方が手続き中
problem-held-being-taken = ほかの注文がこれらのチケットを確保している最中で、空きに戻る場合があります。しばらくしてからもう一度お試しください
problem-held-unpaid = ほかの方が確保していて、まだお支払いが済んでいません。期限までにお支払いがないものは空きに戻ります
problem-seats-taken = 座席が取られています
problem-seats-taken-detail = ほかの方がこれらの座席の一部を確保しました
problem-over-limit = 1回の予約の枚数を超えています
problem-over-limit-detail = このイベントで1回に予約できるのは{ $limit }枚までです（ご希望は{ $asked }枚）
problem-over-buyer-limit = お一人様の枚数を超えています
problem-over-buyer-limit-detail = このイベントはお一人様{ $limit }枚までです（あと{ $left }枚予約できます）
problem-not-on-sale = 販売期間外です
problem-sale-opens = 販売開始: { $time }
problem-sale-over = イベントは始まっており、販売は終了しました
problem-key-reused = この冪等キーは使用済みです
problem-key-reused-detail = このIdempotency-Keyは別のリクエストで使用されています。新しいリクエストには新しいキーを使用してください
problem-hold-over = 確保の期限が切れました
problem-hold-over-detail = 期限までにお支払いがなかったため、チケットは空きに戻りました。このリクエストによる請求は行われていません
problem-not-pending = この予約は支払い待ちではありません
problem-already-paid = この予約は支払い済みです
problem-cancelled = この予約は取り消されました
problem-failed = この予約のお支払いは承認されず、チケットは空きに戻りました
problem-paying = お支払いを処理中です
problem-paying-detail = この予約の別のお支払いを処理中です。結果をお待ちください。このリクエストによる請求は行われていません
problem-too-late = 取り消しの期限を過ぎています
problem-too-late-detail = イベントは始まっているか、まもなく始まるため、予約の取り消しはできません
problem-declined = お支払いが承認されませんでした
problem-declined-funds = カードの残高が不足しています。請求は行われていません
problem-declined-processing = 現在カードを処理できません。請求は行われていません。もう一度お試しください
problem-declined-abandoned = お支払いが中断されました。請求は行われていません。もう一度お試しください
problem-declined-card = カードが承認されませんでした。請求は行われていません
problem-card = カード番号が正しくありません
problem-webhook-not-json = WebhookがJSONではありません
problem-unsigned = Webhookに決済サービスの署名がありません
problem-unsigned-detail = Boxoffice-Signatureヘッダーがないか、本文と一致しません
problem-stale = Webhookの署名が古すぎます
problem-stale-detail = 署名の時刻と現在の差は{ $seconds }秒以内でなければなりません
problem-amount = 金額が一致しません
problem-amount-detail = お支払いの金額または通貨が異なります。何も記録されていません
problem-many-pictures = 画像のリクエストが多すぎます。この画像は作成されていません
problem-no-picture = この画像はありません
field-parameter = この一覧のパラメーターではありません
field-country = ISO 3166-1の2文字にしてください
field-day = 2027-06-30のような日付にしてください
field-to-before-from = fromより前にはできません
field-city = 200文字以内にしてください
field-series = 64文字以内にしてください
field-currency = EURのようなISO 4217の通貨コードにしてください
field-currency-missing = 価格と一緒に指定してください
field-price = 0以上の金額にしてください
field-one-each-tier = 席種ごとに1つ、最大{ $tiers }件にしてください
field-one-each-ticket = チケットごとに1つ、最大{ $limit }件にしてください
field-at-least-one-ticket = チケットを1枚以上指定してください
field-at-least-one = 1以上にしてください
field-only-once = 重複しないようにしてください
field-known-tier = イベントの席種のコードにしてください
field-numbered-tier = 指定席の席種にしてください
field-number-or-seats = itemsと両方には指定できません。枚数か座席のどちらかを指定してください
field-row = 列を表す文字にしてください
field-seat-of-row = その列にある座席にしてください
field-as-many-seats = その席種の枚数と同じ数にしてください
field-own-booking = 同じ購入者の、同じイベントの予約にしてください
field-on-behalf-of = トークンが代理する購入者を指定してください
field-contact-not-asked = 指定しないでください。このイベントでは連絡先は不要です
field-contact-missing = 名前とメールアドレスを指定してください
field-contact-name = 制御文字を含まない200文字以内にしてください
field-contact-email = メールアドレスにしてください
field-card-digits = 数字だけにしてください（間に空白やハイフンは使えます）
field-card-length = 12～19桁にしてください
field-card-check = 正しいカード番号にしてください（チェックディジットが合いません）
field-cursor = この一覧のnext_cursorにしてください
field-printable = 表示できる文字で1～255文字にしてください
field-range = { $least }～{ $most }にしてください
field-list-of-event = イベントのリストにしてください
field-gate-name = 1～{ $most }文字の印字可能な文字にしてください
field-gate-name-taken = 開いている別の入口の名前とは違うものにしてください
field-gates-max = これ以上は追加できません。1つのイベントで最大{ $limit }件です
field-code-or-ticket = ticketがない場合は必要です。コードかチケットのどちらか一方にしてください
field-code-length = 最大{ $most }文字にしてください
field-ticket = リストと検索が示す、このイベントのチケットにしてください

## Texts of the page's script

script-days =
    { $count ->
       *[other] { $number }日
    }
script-days-short = { $number }日
script-hold =
    { $count ->
       *[other] チケット{ $number }枚を確保中：残り{ $time }
    }
script-limit =
    { $count ->
       *[other] 1回のご予約は{ $number }枚までです
    }
script-unreachable = 時間になりましたが、サイトに接続できず、続きを表示できません。通信が途切れている可能性があります。引き続き接続を試みています。
script-no-answer = 応答がありませんでした。通信が途切れている可能性があります。もう一度お試しください。同じフォームが二重に処理されることはありません。
script-pay-missing = お支払いフォームを表示できませんでした。通信が途切れている可能性があります。ページを再読み込みするか、決済事業者のページでお支払いください。
script-act-missing = 銀行の確認画面を開けませんでした。通信が途切れている可能性があります。請求はありません。もう一度「手続きを続けて支払う」を押すか、別の方法でお支払いください。
script-last-minute = お支払いの残り時間は1分未満です。
script-pay-problem = うまくいきませんでした。請求はありません。もう一度お試しください。
script-copied = リンクをコピーしました
script-your-time = { $time }（お使いの端末の時刻）
script-where-you-are = （お使いの端末の時刻では{ $time }）
script-one-less = { $tier }を1枚減らす
script-one-more = { $tier }を1枚増やす
script-counts-unreached = 現在、サイトに接続できません。残数が変わっている可能性があります。
script-part-of = { $part }/{ $whole }
script-map-smaller = 座席表を縮小
script-map-larger = 座席表を拡大
script-map-whole = 会場全体を表示
script-map-opening = 座席表を開いています…
script-map-failed = 座席表が届きませんでした。通信が途切れている可能性があります。もう一度お試しください。
script-map-list = 座席リストから選ぶ
script-seat = { $tier } · { $row }列 · { $seat }番 · { $price }
script-seat-given-up = 選択を解除しました
script-lonely =
    { $count ->
       *[other] このままでは{ $seats }が1席だけ空いてしまいます。このまま予約もできますが、1席ずらすと、ひとりだけ離れて座る方が出ずにすみます。
    }
script-gone-some = ほかの方が先に確保しました：{ $seats }。別の座席を選ぶか、枚数を減らしてください。
script-gone-all = ほかの方が先に確保しました：{ $seats }。別の座席を選ぶか、このまま予約すると最も良い空席をご用意します。

problem-called-off = このイベントは開催されません
problem-called-off-detail = このイベントは中止になりました。販売は終了し、お支払い済みの金額は返金されます。
problem-many-exports = 書き出しが混み合っています。少し待ってからもう一度お試しください。
problem-no-call-off = このイベントは中止になっていません。
field-export-too-long = CSV または JSON Lines にしてください。表計算の行数は最大 1,048,575 行です
field-clue-or-event = event_id とともに、いずれかを指定してください
field-note = 1 ～ 2,000 文字にしてください
field-name-of-event = イベント名を正確に入力してください
refused-called-off = このイベントは中止になりました
refused-called-off-text = 予約も請求も行われていません。
event-called-off = このイベントは開催されません
event-called-off-text = 中止になりました。すべての予約は取り消され、お支払いに使われたカードへ全額が自動的に返金されます。
stock-called-off = 中止
ended-called-off-text = イベントが中止になったため、ご予約は取り消されました。
event-called-off-link = 予約一覧

# 中止になったイベントと、販売期間のある席種。
tier-opens = { $time }から販売
tier-over = 販売は終了しました
tier-until = { $time }まで
tier-least =
    { $count ->
       *[other] 1回の注文につき{ $number }枚以上
    }
tier-most =
    { $count ->
       *[other] 1回の注文につき{ $number }枚まで
    }
refused-tier-closed = 現在販売していないチケットがあります
refused-tier-closed-text = 予約は行われていません。ほかのチケットを選ぶか、販売期間にもう一度お試しください。
problem-tier-opens = { $tier }：{ $time }から販売
problem-tier-over = { $tier }：販売は終了しました
field-at-least-of-tier = この席種は{ $least }枚以上にしてください
field-at-most-of-tier = この席種は{ $most }枚までにしてください

# 主催者に伝えるイベントの問題。
problem-edited = その間にイベントが変更されました
problem-edited-detail = イベントは現在バージョン{ $version }です。読み直してから、そのバージョンで変更を送ってください
problem-event-state = このイベントではできません
problem-no-draft = 下書きに対してのみできます
problem-being-published = イベントを公開しています。チケットの作成が終わるまでお待ちください
problem-not-free = 空いているチケットが足りません
problem-not-free-detail = 販売から外す{ $asked }枚のうち、空いているのは{ $free }枚です。何も変更されていません
field-given = 指定してください
field-text = 1～{ $most }文字にしてください
field-short = { $most }文字以内にしてください
field-country-code = ISO 3166-1の大文字2文字にしてください
field-time-zone = Europe/LisbonのようなIANAのタイムゾーンにしてください
field-venue-zone = { $zone }にしてください。この会場はすでに登録されています
field-contact-rule = none、optional、requiredのいずれかにしてください
field-to-come = 未来の日時にしてください
field-before-start = イベントの開始より前にしてください
field-not-later = { $time }より後にはできません。販売が始まっています
field-doors = 開始の24時間前から開始までにしてください
field-end = 開始より後、31日以内にしてください
field-series-code = a-z、0-9、-の1～64文字にしてください
field-series-own = ほかの主催者のシリーズは使えません
field-entries = { $least }～{ $most }件にしてください
field-stays = 変更できなくなりました
field-tier-code = a-z、0-9、-、_の1～32文字にしてください
field-row-blocks = 合わせて1～1000席のブロックにしてください
field-rows-max = 32000列以内になるようにしてください
field-seat-label = A-7のような席種の座席にしてください
field-language = deのような言語コードにしてください
field-after = { $other }より後にしてください
field-at-least-other = { $other }以上にしてください
field-version = 読み込んだイベントのバージョンにしてください
field-tiers-apart = イベントの席種で1つずつ変更してください
field-picture-format = JPEG、PNG、WebPのいずれかにしてください
field-picture-size = 各辺240～12000ピクセル、合計4000万ピクセル以内にしてください
field-picture-damaged = 破損していない画像にしてください

## Tiers that share a stock

tier-seats-of = { $tier }と同じ座席です。そちらで選べます
refused-only-left-shared = 残り{ $number }枚です（同じ席を使う券種と合わせてご希望は{ $asked }枚）。
problem-stock-short = { $tier }と同じ席を使う券種は残り{ $left }枚です（ご希望は{ $asked }枚）
field-stock = 独自のチケットを持つ、このイベントの別の券種のコードを指定してください
field-of-stock = 共有元の券種と同じになるため、指定しないでください
problem-stock-shared = この券種のチケットを共有する券種があります。先にそちらを削除してください

## Questions and answers

problem-link-cannot-answer = 予約のリンクでは確認とお支払いができます。回答の表示と変更はできません
problem-answers-over = イベントが始まったか中止になった、または予約が終了したため、回答できません
field-answer-missing = 質問{ $question }への回答が必要です
field-answer-missing-of = チケット{ $ticket }について質問{ $question }への回答が必要です
field-answer-asked = イベントの質問の番号を指定してください
field-answer-of-ticket = 予約のチケットを1から数えた番号で指定してください
field-answer-of-order = 注文全体への質問のため、指定できません
field-answer-one-of = 次のいずれかを指定してください: { $options }
field-answer-yes-no = yesまたはnoを指定してください
field-question = イベントの質問の番号を指定するか、省略してください
field-stays-as-asked = 変更できません。別の質問を作成してください
answers-legend = 主催者からの質問
answers-ticket = チケット{ $number }: { $what }
answers-yes = はい
answers-no = いいえ
answers-choose = 選択してください
answers-heading = 回答
answers-text = イベント開始まで変更できます。
answers-save = 回答を保存
answers-link-text = ご来場の方への主催者からの質問です。回答はここに再び表示されません。
answers-missing = 回答してください。
answers-too-long = { $most }文字以内で入力してください。
answers-wrong = 選択肢から選んでください。

## Changes of paid bookings

problem-not-paid = 予約はまだ支払われていません
problem-not-paid-detail = 変更できるのは支払い済みの予約だけです
problem-tickets-changed = 予約にそのチケットはありません
problem-tickets-changed-detail = この予約にない、またはもうないチケット: { $tickets }。何も変更されていません
problem-let-in = このチケットで入場済みです
problem-let-in-detail = 入場済み: { $tickets }。何も変更されていません
problem-dearer = 新しいチケットのほうが高額です
problem-dearer-detail = 差額は請求されません。差額が手渡しで支払われたか、請求しない場合だけ交換できます。何も変更されていません
problem-other-difference = 差額が異なります
problem-other-difference-detail = 新しいチケットとの差額が、手渡しで支払われた金額と異なります。何も変更されていません。もう一度ご確認ください
problem-other-amount = 返金額が異なります
problem-other-amount-detail = 金額の表示後に予約が変わりました。何も変更されていません。もう一度ご確認ください
problem-other-total = 金額が変わりました
problem-other-total-detail = 金額の表示後に価格が変わりました。何も販売されていません。合計をもう一度ご確認ください
problem-nothing-to-refund = 返金できる残額が足りません
problem-nothing-to-refund-detail = この予約の支払いからは返金できません。何も変更されていません
problem-refund-refused = この金額は返金できません
problem-refund-refused-detail = 決済事業者は、支払額のうちちょうどこの金額だけを返金できません。何も変更されていません。ほかのチケットを返すか、予約をキャンセルしてください
problem-only-cancelled = この予約は取り消すことしかできません
problem-only-cancelled-detail = 主催者が確保、招待、または窓口で販売したチケットです。変更できるのは同じ券種の中だけです。代わりに予約を取り消してください。何も変更されていません
field-tickets-none = チケットを1枚以上選んでください
field-tickets-all = すべてのチケットは選べません。予約を取り消してください
field-tickets-one-tier = 1つの席種だけを選んでください。席種ごとに交換できます
field-tickets-same = 予約とは別の座席を指定してください
field-seats-count = チケットと同じ数の座席を指定してください
field-tier-other-price = 別の席種を選んでください。この予約にはその席種のチケットが別の価格であります
field-tier-priced = チケットと同じ席種を選んでください。料金に税、手数料、またはプロモーションコードが含まれています。チケットを返却して、予約し直してください
field-seat-unknown = A-7 のような席種のチケット、座席指定がなければ番号を指定してください
field-tier-unknown = 公演の席種コードを指定してください
receipt-ordered = 注文時の金額
receipt-returned = 返金
receipt-part = { $time } に { $amount } を返金
receipt-part-due = { $amount } を返金処理中
receipt-part-failed = { $amount }の返金が届きませんでした
## Blocks, the box office, and what costs nothing

field-none-or-more = 0以上にしてください
field-costs-nothing = 指定しないでください。この予約は無料です
field-too-little = 代金以上の金額にしてください
field-not-with-method = この支払い方法では指定できません
field-paid-and-waived = 支払い済みと請求なしを同時に指定できません
field-guest-name = 招待客の名前を入力してください
problem-no-block = その確保枠はありません
price-free = 無料
free-heading = 料金はかかりません
free-lead = { $slot }までにお受け取りください。カードは不要です。
free-no-card = カードは不要で、請求もありません。
free-button = チケットを受け取る
free-note = 無料です。カードへの請求はありません。
free-confirmed-lead =
    { $count ->
       *[other] { $event }のチケット{ $number }枚を確保しました。
    }
free-cancel-text =
    { $count ->
       *[other] { $number }枚のチケットはすぐに販売に戻ります。
    }
payment-cash = 窓口で現金払い
payment-terminal = 窓口のカード端末
money-back-by-hand = { $amount }を窓口で返金しました。
money-due-by-hand = { $amount }は窓口で返金されます。
# 日程が変更されたイベント。
moved-heading = 新しい日程
moved-was = 変更前
moved-is = 変更後
moved-before = 日程変更（変更前：{ $date }）
moved-until = { $date } までにチケットを継続するか返却するか選べます
moved-event-text = 購入済みのチケットはそのまま有効です。新しい日程に来られない方は返却できます：
moved-before-paying = チケットを選んだ後にイベントの日程が変更されました。チケットは新しい日程のものです。来られる場合のみお支払いください。
moved-ask = ご来場いただけますか。チケットは新しい日程でそのまま有効で、手続きは不要です。
moved-kept = 新しい日程でチケットを継続します。
moved-return-until = { $date } まで返却でき、全額が返金されます。
moved-closed = チケットは新しい日程で有効です。返却の期限は { $date } でした。
moved-keep = チケットを継続する
moved-return = 行けません
moved-return-text =
    { $count ->
       *[other] チケットは返却され、{ $amount } がカードに返金されます。取り消しはできません。
    }
moved-return-button = 返却して { $amount } の返金を受ける
moved-buyer-alone = チケットを返却できるのは予約した本人だけです。
ticket-was-used = このチケットのいずれかで、すでに入場した方がいます。
already-admitted = チケットは返却できません
    .assurance = 予約はそのままです。
    .advice = 間違いの場合は主催者にお問い合わせください。
field-move-answer = keep または return でなければなりません
field-by-moving = 購入者に確認するため、日程変更の手続きで変更します
field-another-date = 会場が変わらない場合は別の日程でなければなりません
problem-not-published = 公開済みのイベントでのみ行えます
problem-no-move = このイベントの日程は変更されていません。
problem-not-asked = 回答は求められていません
problem-not-asked-detail = 予約後にイベントの日程は変更されていないか、予約が支払われていません
problem-moved-again = イベントの日程が再び変更されました
problem-moved-again-detail = 現在の内容を読み、それに回答してください
problem-answer-closed = 回答の期限が過ぎました
problem-answer-closed-detail = 返却の期限は過ぎました。チケットは新しい日程で有効です
problem-admitted = チケットは使用済みです
problem-admitted-detail = 日程変更の後、チケットのいずれかで入場した方がいます
field-yes-or-no = true または false でなければなりません
# Halls.
problem-no-hall = そのホールはありません。
field-stays-in-hall = 変更できません。座席はホールのものです
field-hall-section = ホールの区画である必要があります
field-hall-row = 区画の列である必要があります
field-hall-section-name = 1～40文字で、: " \ を含まない必要があります
field-hall-row-label = 空白なしの1～8文字で、: - " \ を含まない必要があります
field-hall-length = { $least }～{ $most }の0.5刻みである必要があります
field-hall-seats = 4 _ 12 のような座席と隙間で、{ $most }以下である必要があります
field-hall-numbers = 1-12 や 23-1/2, 2-24/2 のような異なる番号が{ $seats }個必要です
field-hall-apart = { $other }と重なっています
field-hall-stage = 舞台と重なっています
field-hall-fewer = 座席は全部で{ $most }席以下である必要があります
# Prices, taxes, fees, promo codes
percent = { $number }%
price-includes = { $parts }を含む
price-part = { $name } { $of }
price-was = 通常価格
price-of-order = 別途、1注文につき{ $names } { $amount }
line-discount = コード { $code }
line-discount-percent = コード { $code }（{ $percent }割引）
line-tax = { $name } { $percent }
line-contained = { $name }を含む
code-label = プロモーションコード
code-apply = 適用
code-takes-percent = { $code }：チケット1枚につき{ $percent }割引
code-takes-amount = { $code }：チケット1枚につき{ $amount }割引
code-unlocks = { $code }で、ここに表示されているチケットを購入できます
code-unknown = このプロモーションコードはありません
code-withdrawn = このプロモーションコードは利用できなくなりました
code-not-yet = このプロモーションコードは{ $time }から有効です
code-over = このプロモーションコードの有効期限が過ぎています
code-used-up = このプロモーションコードは利用回数の上限に達しました
code-used-up-by-buyer = このプロモーションコードのご利用は{ $limit }回までです
code-not-for-these = このプロモーションコードはこれらのチケットには使えません
refused-code = プロモーションコードを使えません
refused-code-text = 何も予約されていません。コードを変更するか外してから、もう一度予約してください。
order-with-code = これらのチケットの購入にはプロモーションコードが必要です。コードを入力してください。
stock-with-code = コードで購入
problem-code = プロモーションコードを使えません
field-amount-or-percent = 金額または割合のどちらか一方にしてください
field-promo-code = A-Z、0-9、-、_の1～32文字にしてください

# Paying through a provider.
field-payment-method = pm_card_visa のような支払い方法のトークンでなければなりません
field-payment-method-missing = がありません
field-card-number-not-taken = は送れません。カード番号は決済事業者だけが扱います。payment_method を送ってください
field-card-or-method = は payment_method と一緒に送れません
field-return-url = http:// または https:// で始まるアドレスでなければなりません
problem-amount-refused = この金額は請求できません
problem-amount-refused-detail = 決済事業者がこの金額を扱えません。請求は行われていません
problem-declined-unavailable = 決済事業者が現在応答していません。請求は行われておらず、チケットはあと数分間確保されます。しばらくしてからもう一度お試しください
problem-declined-refused = お支払いができませんでした。請求は行われていません。もう一度試すか、別の方法でお支払いください
problem-declined-authentication = 銀行がお支払いを承認しませんでした。請求は行われていません
test-bank-title = 銀行からの確認
test-bank-lead = { $amount } を支払いますか？
test-bank-yes = はい、支払います
test-bank-no = いいえ
test-bank-over = すでに回答済みか、時間が過ぎています。
test-bank-back = 予約に戻る
test-bank-hint = このページは銀行のページの代わりです。お金は動きません。
