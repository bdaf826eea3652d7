using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class TargetSwitchOff : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "disabled_at",
                table: "data_targets",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "disabled_reason",
                table: "data_targets",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "max_concurrency",
                table: "data_targets",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "paused",
                table: "data_targets",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "data_target_failures",
                columns: table => new
                {
                    data_target_id = table.Column<int>(type: "integer", nullable: false),
                    since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    error = table.Column<string>(type: "text", nullable: true),
                    gone = table.Column<bool>(type: "boolean", nullable: false),
                    warned_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    told_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    tell_after = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_data_target_failures", x => x.data_target_id);
                    table.ForeignKey(
                        name: "fk_data_target_failures_data_targets_data_target_id",
                        column: x => x.data_target_id,
                        principalTable: "data_targets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_target_failures");

            migrationBuilder.DropColumn(
                name: "disabled_at",
                table: "data_targets");

            migrationBuilder.DropColumn(
                name: "disabled_reason",
                table: "data_targets");

            migrationBuilder.DropColumn(
                name: "max_concurrency",
                table: "data_targets");

            migrationBuilder.DropColumn(
                name: "paused",
                table: "data_targets");
        }
    }
}
