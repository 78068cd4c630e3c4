import Store

extension Settings {
  /// What the settings say of the store.
  var storeOptions: SQLiteOptions { SQLiteOptions(spoolBytes: spoolBytes, spoolDirectory: spoolDirectory) }
}
