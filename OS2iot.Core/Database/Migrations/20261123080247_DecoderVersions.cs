using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class DecoderVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "history_retention_days",
                table: "organizations",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "payload_decoder_versions",
                columns: table => new
                {
                    payload_decoder_id = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    decoding_function = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_payload_decoder_versions", x => new { x.payload_decoder_id, x.version });
                    table.ForeignKey(
                        name: "fk_payload_decoder_versions_payload_decoders_payload_decoder_id",
                        column: x => x.payload_decoder_id,
                        principalTable: "payload_decoders",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_dead",
                table: "deliveries",
                columns: new[] { "organization_id", "received_at" },
                filter: "state = 1");

            migrationBuilder.Sql(
                """
                INSERT INTO payload_decoder_versions (payload_decoder_id, version, name, decoding_function, created_at, created_by_id)
                SELECT id, version, name, decoding_function, updated_at, updated_by_id FROM payload_decoders;

                -- Two who change a script at once both counted from the same version: each gets a number of its own.
                CREATE FUNCTION count_payload_decoder_version() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    NEW.version := OLD.version + CASE WHEN NEW.decoding_function = OLD.decoding_function THEN 0 ELSE 1 END;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER count_payload_decoder_version BEFORE UPDATE ON payload_decoders
                    FOR EACH ROW EXECUTE FUNCTION count_payload_decoder_version();

                CREATE FUNCTION keep_payload_decoder_version() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO payload_decoder_versions (payload_decoder_id, version, name, decoding_function, created_at, created_by_id)
                    VALUES (NEW.id, NEW.version, NEW.name, NEW.decoding_function, NEW.updated_at, NEW.updated_by_id);
                    RETURN NULL;
                END $$;
                CREATE TRIGGER keep_first_payload_decoder_version AFTER INSERT ON payload_decoders
                    FOR EACH ROW EXECUTE FUNCTION keep_payload_decoder_version();
                CREATE TRIGGER keep_payload_decoder_version AFTER UPDATE ON payload_decoders
                    FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION keep_payload_decoder_version();

                -- Days of the history that hold nothing any more of organizations that keep it for less time than others.
                CREATE TABLE history_cleared (
                    organization_id integer PRIMARY KEY REFERENCES organizations ON DELETE CASCADE,
                    before date NOT NULL
                );

                -- What moves brings its history along: its new organization's days are looked at again.
                CREATE FUNCTION forget_history_cleared() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    DELETE FROM history_cleared WHERE organization_id = (SELECT organization_id FROM applications WHERE id = NEW.application_id);
                    RETURN NULL;
                END $$;
                CREATE TRIGGER forget_history_cleared AFTER UPDATE OF application_id ON devices
                    FOR EACH ROW WHEN (NEW.application_id <> OLD.application_id) EXECUTE FUNCTION forget_history_cleared();
                CREATE FUNCTION forget_history_cleared_of_application() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    DELETE FROM history_cleared WHERE organization_id = NEW.organization_id;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER forget_history_cleared AFTER UPDATE OF organization_id ON applications
                    FOR EACH ROW WHEN (NEW.organization_id IS DISTINCT FROM OLD.organization_id)
                    EXECUTE FUNCTION forget_history_cleared_of_application();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER forget_history_cleared ON applications;
                DROP TRIGGER forget_history_cleared ON devices;
                DROP FUNCTION forget_history_cleared_of_application();
                DROP FUNCTION forget_history_cleared();
                DROP TABLE history_cleared;
                DROP TRIGGER keep_payload_decoder_version ON payload_decoders;
                DROP TRIGGER keep_first_payload_decoder_version ON payload_decoders;
                DROP TRIGGER count_payload_decoder_version ON payload_decoders;
                DROP FUNCTION keep_payload_decoder_version();
                DROP FUNCTION count_payload_decoder_version();
                """);

            migrationBuilder.DropTable(
                name: "payload_decoder_versions");

            migrationBuilder.DropIndex(
                name: "ix_deliveries_dead",
                table: "deliveries");

            migrationBuilder.DropColumn(
                name: "history_retention_days",
                table: "organizations");
        }
    }
}
