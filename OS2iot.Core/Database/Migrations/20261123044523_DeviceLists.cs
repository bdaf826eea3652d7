using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class DeviceLists : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_device_states_last_seen_at",
                table: "device_states");

            migrationBuilder.AddColumn<int>(
                name: "connection_count",
                table: "devices",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<byte[]>(
                name: "import_key",
                table: "devices",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "application_id",
                table: "device_states",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateIndex(
                name: "ix_devices_application_id_connection_count_id",
                table: "devices",
                columns: new[] { "application_id", "connection_count", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_application_id_device_model_id_id",
                table: "devices",
                columns: new[] { "application_id", "device_model_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_devices_import_key",
                table: "devices",
                column: "import_key",
                unique: true,
                filter: "import_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_devices_updated_at_id",
                table: "devices",
                columns: new[] { "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_device_states_application_id_last_seen_at_device_id",
                table: "device_states",
                columns: new[] { "application_id", "last_seen_at", "device_id" });

            migrationBuilder.CreateIndex(
                name: "ix_device_states_application_id_rssi_device_id",
                table: "device_states",
                columns: new[] { "application_id", "rssi", "device_id" },
                filter: "rssi IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_device_states_application_id_snr_device_id",
                table: "device_states",
                columns: new[] { "application_id", "snr", "device_id" },
                filter: "snr IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_devices_application_id_connection_count_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_application_id_device_model_id_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_import_key",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_devices_updated_at_id",
                table: "devices");

            migrationBuilder.DropIndex(
                name: "ix_device_states_application_id_last_seen_at_device_id",
                table: "device_states");

            migrationBuilder.DropIndex(
                name: "ix_device_states_application_id_rssi_device_id",
                table: "device_states");

            migrationBuilder.DropIndex(
                name: "ix_device_states_application_id_snr_device_id",
                table: "device_states");

            migrationBuilder.DropColumn(
                name: "connection_count",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "import_key",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "application_id",
                table: "device_states");

            migrationBuilder.CreateIndex(
                name: "ix_device_states_last_seen_at",
                table: "device_states",
                column: "last_seen_at");
        }
    }
}
