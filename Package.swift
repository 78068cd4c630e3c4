// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")

let package = Package(
  name: "mpesad",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "mpesad", targets: ["mpesad"]),
    .library(name: "Daraja", targets: ["Daraja"]),
    .library(name: "DarajaSimulator", targets: ["DarajaSimulator"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML", "CommandLineArguments"]),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    .target(
      name: "Daraja",
      dependencies: [httpClient, nio("NIOCore")],
      swiftSettings: strict),
    .target(name: "Payments", dependencies: ["Daraja", crypto], swiftSettings: strict),
    .target(
      name: "Store",
      dependencies: [
        "Payments", "CSQLite", crypto, logging, nio("NIOCore"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "Reconciliation",
      dependencies: ["Store", crypto, httpClient, lifecycle, logging, metrics, nio("NIOCore"), nio("NIOPosix")],
      swiftSettings: strict),
    .target(name: "Web", dependencies: [crypto, httpTypes, mustache], swiftSettings: strict),
    .target(
      name: "Gateway",
      dependencies: [
        "Reconciliation", "Store", "Web", crypto, hummingbird, hummingbirdCore, jwt, lifecycle, logging, metrics,
        nioSSL,
        nio("NIOCore"), nio("NIOPosix"),
      ],
      resources: [.embedInCode("Checkout/Assets")],
      swiftSettings: strict),
    .systemLibrary(name: "CSystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CTimex"),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "Systemd", dependencies: ["CSystemd", logging], swiftSettings: strict),
    .target(
      name: "DarajaSimulator",
      dependencies: [hummingbird, hummingbirdCore, httpClient, lifecycle, logging, nio("NIOCore")],
      swiftSettings: strict),
    .executableTarget(
      name: "mpesad",
      dependencies: [
        "Gateway", "Reconciliation", "Store", "Payments", "Daraja", "DarajaSimulator", "Systemd", "CTimex", "Web",
        crypto, httpClient, hummingbird, httpTypes, jwt, lifecycle, logging, metrics, nioSSL, nio("NIOCore"),
        nio("NIOPosix"), nio("NIOTLS"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ],
      resources: [.embedInCode("Console/Assets")],
      swiftSettings: strict),
    .testTarget(
      name: "DarajaTests", dependencies: ["Daraja", hummingbird, logging, nio("NIOCore"), nio("NIOPosix")],
      swiftSettings: strict),
    .testTarget(name: "PaymentsTests", dependencies: ["Payments"], swiftSettings: strict),
    .target(name: "StoreConformance", dependencies: ["Store"], path: "Tests/StoreConformance", swiftSettings: strict),
    .testTarget(name: "StoreTests", dependencies: ["Store", "StoreConformance", logging], swiftSettings: strict),
    .testTarget(
      name: "ReconciliationTests",
      dependencies: ["Reconciliation", hummingbird, httpClient, lifecycle, logging, nio("NIOCore"), nio("NIOPosix")],
      swiftSettings: strict),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Gateway", crypto, httpClient, httpTypes, jwt, lifecycle, logging, metrics, nioSSL, nio("NIOCore"),
        nio("NIOHTTP1"), nio("NIOPosix"),
      ], swiftSettings: strict),
    .testTarget(
      name: "DarajaSimulatorTests",
      dependencies: ["DarajaSimulator", hummingbird, httpClient, lifecycle, logging, nio("NIOCore")],
      swiftSettings: strict),
    .testTarget(name: "WebTests", dependencies: ["Web"], swiftSettings: strict),
    .testTarget(name: "SystemdTests", dependencies: ["Systemd", logging], swiftSettings: strict),
    .testTarget(
      name: "mpesadTests",
      dependencies: [
        "mpesad", .product(name: "GRDB", package: "GRDB.swift"), hummingbird, httpClient, jwt, logging, nio("NIOCore"),
        nio("NIOPosix"),
      ], exclude: ["Clock/Library", "Faults/Library", "Service/boot-machine"], swiftSettings: strict),
  ]
)
