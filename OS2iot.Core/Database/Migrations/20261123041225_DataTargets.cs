using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OS2iot.Core.Database.Migrations
{
    /// <inheritdoc />
    public partial class DataTargets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "personal_data_confirmed",
                table: "open_data_dk_datasets",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "url",
                table: "data_targets",
                type: "text",
                nullable: true,
                computedColumnSql: "settings ->> 'url'",
                stored: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "url",
                table: "data_targets");

            migrationBuilder.DropColumn(
                name: "personal_data_confirmed",
                table: "open_data_dk_datasets");
        }
    }
}
