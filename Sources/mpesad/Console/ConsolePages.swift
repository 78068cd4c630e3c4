/// Every page of the console.
enum ConsolePages {
  static let all: [ConsolePage] =
    TodayPages.all + AuditPages.all + TransactionPages.all + InboxPages.all + WebhookPages.all
    + SourcePages.all + SettingPages.all + ConnectionPages.all
}
