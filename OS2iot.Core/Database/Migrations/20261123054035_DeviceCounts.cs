using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class DeviceCounts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_devices_updated_at_id",
                table: "devices");

            migrationBuilder.AddColumn<int>(
                name: "device_count",
                table: "applications",
                type: "integer",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "device_count",
                table: "applications");

            migrationBuilder.CreateIndex(
                name: "ix_devices_updated_at_id",
                table: "devices",
                columns: new[] { "updated_at", "id" });
        }
    }
}
