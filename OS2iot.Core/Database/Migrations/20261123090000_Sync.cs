using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class Sync : Migration
    {
        // Wakes whoever leads the system; one notice for each transaction.
        private const string Notices =
            """
            CREATE FUNCTION notify_sync_changed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('sync_changed', NEW.system);
                RETURN NULL;
            END $$;
            CREATE TRIGGER notify_sync_changed AFTER INSERT ON sync_changes FOR EACH ROW EXECUTE FUNCTION notify_sync_changed();
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "sync_changes",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    system = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    is_removal = table.Column<bool>(type: "boolean", nullable: false, defaultValue: false),
                    details = table.Column<string>(type: "jsonb", nullable: true),
                    organization_id = table.Column<int>(type: "integer", nullable: true),
                    state = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    attempts = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sync_changes", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "sync_status",
                columns: table => new
                {
                    system = table.Column<string>(type: "text", nullable: false),
                    lease_owner = table.Column<Guid>(type: "uuid", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    failures = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    failing_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true),
                    last_applied_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reconciled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reconcile_error = table.Column<string>(type: "text", nullable: true),
                    missing = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    extra = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    different = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    examples = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sync_status", x => x.system);
                });

            migrationBuilder.CreateIndex(
                name: "ix_sync_changes_system_kind_key_id",
                table: "sync_changes",
                columns: new[] { "system", "kind", "key", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_sync_changes_system_state_id",
                table: "sync_changes",
                columns: new[] { "system", "state", "id" });
            migrationBuilder.Sql(Notices);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "sync_changes");
            migrationBuilder.Sql("DROP FUNCTION notify_sync_changed();");

            migrationBuilder.DropTable(
                name: "sync_status");
        }
    }
}
