/** Titles and descriptions of the ready definitions in Chinese, and the texts of their questions; in English they are in the files. */
export const exampleTexts: Readonly<Record<string, string>> = {
  'examples.activation-reminder.title': '提醒启用许可证',
  'examples.activation-reminder.summary':
    '许可证签发一周后仍未使用时，提醒客户。请在销售许可证的组织中发布。需要邮箱 shop@example.com。',
  'examples.answer-by-ai.title': 'AI 起草邮件回复',
  'examples.answer-by-ai.summary':
    '根据知识库为每封邮件起草回复，由人阅读后发送。退信和邮件列表不回复。需要邮箱 questions@example.com、一个模型，以及组织同意使用该模型。',
  'examples.attachment-to-program.title': '附件转给外部系统',
  'examples.attachment-to-program.summary':
    '把每封带附件的邮件告知外部系统，并告诉发件人系统是否接收。需要邮箱 invoices@example.com，以及一个回答 {"accepted": true} 或 false 的系统。',
  'examples.classify-and-hand-over.title': 'AI 分类消息',
  'examples.classify-and-hand-over.summary':
    '用 AI 对发给机器人的每条消息分类，投诉和解约立即转交人工。需要一个机器人、一个模型，以及组织同意使用该模型。',
  'examples.first-steps.title': '识别邮件内容',
  'examples.first-steps.summary':
    '说明一封邮件的内容，以及其中是否有验证码。无需任何准备：填入邮件的发件人、主题和正文即可运行。',
  'examples.forward-codes.title': '验证码转发到聊天',
  'examples.forward-codes.summary':
    '把邮件收到的每个验证码发到聊天，方便团队共用一个账号。需要工作流密钥 `chat`，含键 `url` 和 `token`。',
  'examples.hello.title': '打招呼',
  'examples.hello.summary': '最简单的工作流，无需任何准备：稍等片刻，向您指定的人问好。运行时可以实时查看。',
  'examples.licence-abuse.title': '许可证滥用审批',
  'examples.licence-abuse.summary': '许可证在过多设备上使用时，询问是否吊销。两天内无人回答则保留。',
  'examples.licence-by-mail.title': '通过邮件销售许可证',
  'examples.licence-by-mail.summary':
    '向 orders@example.com 来信写有“license please”的人会在回信中得到许可证，其他人得到提示。需要邮箱 orders@example.com、已启用的许可证功能，以及可用的发信方式。',
  'examples.licence-ending.title': '许可证到期前优惠',
  'examples.licence-ending.summary':
    '许可证即将到期时，向客户提供续期优惠，每次到期只发一次。需要邮箱 shop@example.com；提前天数可在许可证的设置中修改。',
  'examples.licence-for-order.title': '订单生成许可证',
  'examples.licence-for-order.summary':
    '为已付款的订单生成许可证，并把激活码发给客户。商店向 /hooks/examples/licence-for-order 提交 {"order", "email", "plan"}，用工作流密钥 `shopHook` 签名，并附带 Idempotency-Key：重复请求得到同一份许可证。需要邮箱 shop@example.com。',
  'examples.morning-report.title': '每日早报',
  'examples.morning-report.summary':
    '每天柏林时间早上八点，把套餐用量发送到邮箱。请以组织所有者的身份发布。需要邮箱 report@example.com。',
  'examples.nightly-cleanup.title': '夜间清理',
  'examples.nightly-cleanup.summary':
    '每晚逐个删除您的程序标为过期的内容，某一项删除失败不影响其余。需要工作流密钥 `shopApi`，含键 `token`。',
  'examples.payment-to-books.title': '付款通知财务',
  'examples.payment-to-books.summary':
    '把每张已付账单发送给财务。需要邮箱 office@example.com。由服务器的超级管理员发布时，会收到所有组织的付款。',
  'examples.refund.title': '审批退款',
  'examples.refund.summary':
    '有人同意后退还订单款项，小额直接退款。启动时填写订单、邮箱和金额。需要邮箱 shop@example.com，以及含键 `token` 的工作流密钥 `payments`。',
  'examples.usage-report.title': '用量报告',
  'examples.usage-report.summary':
    '每天早上七点（UTC），把套餐及其用量发送到邮箱。请以组织所有者的身份发布：报告针对该组织。需要邮箱 report@example.com。',
  'examples.watchdog.title': '监控地址',
  'examples.watchdog.summary': '每五分钟访问一个地址，一分钟内失败三次时发邮件通知。需要邮箱 watchdog@example.com。',
  'examples.web-form-to-mail.title': '网页表单转邮件',
  'examples.web-form-to-mail.summary':
    '把网站上填写的内容发为邮件。表单向工作流的地址提交 {"email", "message"}。需要邮箱 web@example.com。知道地址的人都可以提交。',
  'examples.welcome-mail.title': '欢迎邮件',
  'examples.welcome-mail.summary':
    '向每位新注册者问好，一天后询问使用情况。只有服务器的超级管理员可以发布：组织的工作流看不到注册。需要邮箱 hello@example.com。',
  'examples.says.title: Name, description: Who is greeted': 'title: 姓名, description: 向谁问好',
  'examples.says.title: Formally': 'title: 使用敬语',
  'examples.says.description: is angry, or wants money back': 'description: 生气，或要求退款',
  'examples.says.description: wants to end a contract': 'description: 想要解约',
  'examples.says."Good day, \\(.name)."': '"\\(.name)，您好。"',
  'examples.says."Hello \\(.name)!"': '"\\(.name)，你好！"',
  'examples.says."\\($workflow.input.from) sent the code \\($context.code)."':
    '"\\($workflow.input.from) 发来了验证码 \\($context.code)。"',
  'examples.says."\\(.from) wrote without a subject."': '"\\(.from) 发来了一封没有主题的邮件。"',
  'examples.says."\\(.from) wrote about: \\(.subject)."': '"\\(.from) 来信的主题：\\(.subject)。"',
  'examples.says.title: A refund': 'title: 退款',
  'examples.says.Order \\(.order): pay \\(.amount) back to \\(.email)?':
    '订单 \\(.order)：向 \\(.email) 退款 \\(.amount)？',
  'examples.says.Revoke \\(.license_id)?': '吊销 \\(.license_id)？',
  'examples.says."The licence of \\(.email) is used by " + (.found | to_entries | map("\\(.value) \\(.key)s") | join(", "))':
    '"\\(.email) 的许可证使用情况：" + (.found | to_entries | map("\\(.key) × \\(.value)") | join("、"))',
};
