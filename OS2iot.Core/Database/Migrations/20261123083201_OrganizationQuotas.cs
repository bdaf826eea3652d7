using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class OrganizationQuotas : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "messages_per_day",
                table: "organizations",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "messages_per_minute",
                table: "organizations",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "organization_usage",
                columns: table => new
                {
                    organization_id = table.Column<int>(type: "integer", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    messages = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organization_usage", x => new { x.organization_id, x.day });
                    table.ForeignKey(
                        name: "fk_organization_usage_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "organization_usage");

            migrationBuilder.DropColumn(
                name: "messages_per_day",
                table: "organizations");

            migrationBuilder.DropColumn(
                name: "messages_per_minute",
                table: "organizations");
        }
    }
}
