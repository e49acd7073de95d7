# Halls.
admin-nav-halls = القاعات
admin-nav-hall = القاعة
audit-hall-created = رُسمت قاعة
audit-hall-changed = غُيّرت قاعة
audit-hall-deleted = حُذفت قاعة
audit-event-seated = وُضعت الفئات في قاعة
audit-tier-unseated = أُخرجت فئة من قاعتها
done-hall-saved = حُفظت القاعة.
done-hall-deleted = حُذفت القاعة. تحتفظ الفعاليات التي استخدمتها بمقاعدها.
done-event-seated = للفئات مقاعدها الآن.
halls-lead = القاعة نموذج: صفوف بأي طول وممرات وأماكن للكراسي المتحركة وأقسام ومنصة. تحصل فئات الفعالية على أجزاء منها.
halls-none = لم تُرسم أي قاعة بعد.
halls-name = الاسم
halls-venue = المكان
halls-seats = المقاعد
halls-new = ارسم قاعة
halls-new-rows = عدد الصفوف للبدء
halls-new-seats = مقاعد الصف، مثل 8 _ 8
halls-create = ارسم
halls-import = استورد قاعة
halls-import-file = ملف مُصدَّر (JSON)
hall-import-wrong = الملف ليس قاعة:
hall-section-first = الصالة
hall-edit = ارسم القاعة
hall-export = تصدير
hall-delete = احذف هذه القاعة
hall-save = احفظ
hall-look = اعرض أدناه دون حفظ
hall-stage = المنصة
hall-stage-lead = اتركها فارغة إن كانت المنصة أمام كل شيء. الأطوال بالمقاعد.
hall-stage-name = اسمها
hall-x = من اليسار
hall-y = من الأمام
hall-width = العرض
hall-height = العمق
hall-section = القسم
hall-section-new = قسم آخر
hall-section-name = الاسم
hall-rows = الصفوف، صف في كل سطر
hall-rows-help = ‏A: 4 _ 12 هو الصف A بأربعة مقاعد وفراغ واثني عشر مقعدًا. w مكان لكرسي متحرك، c مقعد المرافق، 2_ فراغ بعرض مقعدين. بعد | يمكن كتابة: x 0.5 (إلى اليمين) وy 3 (إلى الخلف) وnumbers 12-1 (من اليمين إلى اليسار) وbest 1 (يُباع أولًا).
hall-line-wrong = «{ $line }» ليس صفًا. الصف هو اسمه ثم نقطتان ثم مقاعده: A: 4 _ 12
hall-row-wrong = الصف { $row } { $problem }.
hall-stale = غيّرها شخص آخر في هذه الأثناء. افتحها من جديد في نافذة أخرى وانقل تغييراتك إليها.
hall-preview = القائمة كما يراها المشترون
hall-preview-none = لا يوجد ما يُعرض بعد.
hall-drawing = الرسم
hall-drawing-how = اختر ما تصنعه النقرة بالمقعد. بالمفاتيح: الأسهم للتنقل، S مقعد، G فراغ، W مكان لكرسي متحرك، C مقعد مرافق، Ctrl+Z للتراجع.
seating-lead = تحصل كل فئة على صفوف من قاعة وعلى تذاكر بعدد مقاعدها. تُباع أفضل المقاعد أولًا.
seating-hall = القاعة
seating-choose = اختر
seating-none = لا توجد قاعة بعد.
seating-seated = فئات لها مقاعد من قاعة
seating-seats = { $seats } مقعد
seating-row = الصف
seating-nobody = لا أحد
seating-as-section = مثل القسم
seating-save = ضع الفئات
seating-unseat = أخرج من القاعة
seating-nothing = اختر فئة لصف واحد على الأقل.
seating-not-draft = تُعطى المقاعد للفئات قبل نشر الفعالية.
seating-draw = ارسم القاعات
script-hall-seat = مقعد
script-hall-gap = فراغ
script-hall-wheelchair = كرسي متحرك
script-hall-companion = مرافق
script-hall-add-row = أضف صفًا في الخلف
script-hall-remove-row = احذف الصف
script-hall-undo = تراجع
script-hall-longer = أضف مقعدًا
script-hall-tools = ما تصنعه النقرة
script-hall-cell = { $section }، الصف { $row }، { $what }
script-hall-undone = تم التراجع
script-hall-label = رسم القاعة. الأسهم للتنقل، وS وG وW وC للتغيير، وCtrl+Z للتراجع.
script-hall-count = { $count ->
    [zero] لا مقاعد
    [one] مقعد واحد
    [two] مقعدان
    [few] { $number } مقاعد
    [many] { $number } مقعدًا
   *[other] { $number } مقعد
}
seating-rows = الصفوف
