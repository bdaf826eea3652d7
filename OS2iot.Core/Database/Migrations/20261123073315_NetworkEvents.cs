using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class NetworkEvents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "battery_level",
                table: "device_states");

            migrationBuilder.DropColumn(
                name: "link_margin",
                table: "device_states");

            migrationBuilder.CreateTable(
                name: "lorawan_states",
                columns: table => new
                {
                    device_id = table.Column<int>(type: "integer", nullable: false),
                    joined_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    dev_addr = table.Column<string>(type: "text", nullable: true),
                    status_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    battery_level = table.Column<double>(type: "double precision", nullable: true),
                    has_external_power = table.Column<bool>(type: "boolean", nullable: true),
                    link_margin = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lorawan_states", x => x.device_id);
                    table.ForeignKey(
                        name: "fk_lorawan_states_lo_ra_wan_devices_device_id",
                        column: x => x.device_id,
                        principalTable: "devices",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "lorawan_states");

            migrationBuilder.AddColumn<double>(
                name: "battery_level",
                table: "device_states",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "link_margin",
                table: "device_states",
                type: "integer",
                nullable: true);
        }
    }
}
