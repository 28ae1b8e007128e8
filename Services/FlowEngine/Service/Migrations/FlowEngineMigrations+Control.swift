extension FlowEngineMigrations {
    /// A bulk change of thousands of runs must not read each one's position.
    static let control = "ALTER TABLE run ADD COLUMN is_paused boolean NOT NULL DEFAULT false;"
}
