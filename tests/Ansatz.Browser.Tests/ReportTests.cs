using Ansatz.Web.Tests;
using Microsoft.Playwright;

namespace Ansatz.Browser.Tests;

public sealed class ReportTests(Browser browser) : IClassFixture<Browser>
{
    public enum Sample
    {
        Reviews,
        Function,
        Hostile,
    }

    public static TheoryData<Sample, int, ColorScheme> Looks => new(
        from sample in Enum.GetValues<Sample>()
        from width in (int[])[360, 1280]
        from scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark]
        select (sample, width, scheme));

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Open_AnyReportWidthAndScheme_VerdictIsSeenAndNothingIsAmiss(Sample sample, int width, ColorScheme scheme)
    {
        await using OpenedPage opened = await browser.OpenAsync(Report(sample), width, scheme);
        IPage page = opened.Page;
        await SaveAsync(page, $"{sample}-{width}-{scheme}");

        ILocator lead = page.Locator(".verdict .lead");
        Assert.True(await lead.IsVisibleAsync());
        Assert.InRange((await lead.BoundingBoxAsync())!.Y, 0, 500);
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(opened.Complaints);
        Assert.All(opened.Requests, url => Assert.StartsWith("file:", url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_HostileTexts_NoneOfThemRuns()
    {
        await using OpenedPage opened = await browser.OpenAsync(SampleReports.Hostile(), 1280);

        Assert.EndsWith(": report", await opened.Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await opened.Page.Locator("script").CountAsync());
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Open_EitherScheme_TextStandsOutFromItsPaper(ColorScheme scheme)
    {
        await using OpenedPage opened = await browser.OpenAsync(SampleReports.Reviews(), 1280, scheme);

        // Contrast by WCAG 2.2 of what is written in the page's colours: 4.5 to 1 for text.
        double[] contrasts = await opened.Page.EvaluateAsync<double[]>("""
            () => {
              const light = color => {
                const [r, g, b] = color.match(/\d+(\.\d+)?/g).map(Number).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
              };
              const paper = light(getComputedStyle(document.body).backgroundColor);
              return [".lead", ".task", ".note", "h1", "nav a"].map(selector => {
                const ink = light(getComputedStyle(document.querySelector(selector)).color);
                return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
              });
            }
            """);

        Assert.All(contrasts, contrast => Assert.InRange(contrast, 4.5, 21));
        string paper = await opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal(scheme == ColorScheme.Dark ? "rgb(20, 24, 26)" : "rgb(252, 252, 250)", paper);
    }

    [Fact]
    public async Task Sort_ByValidation_BestFirstThenWorstFirstAndThoseWithoutLast()
    {
        await using OpenedPage opened = await browser.OpenAsync(SampleReports.Reviews(), 1280);
        ILocator heading = opened.Page.Locator("#trials-table th", new() { HasText = "validation" });

        await heading.Locator("button").ClickAsync();
        double?[] down = await ValidationsAsync(opened.Page);
        Assert.Equal("descending", await heading.GetAttributeAsync("aria-sort"));

        await heading.Locator("button").ClickAsync();
        double?[] up = await ValidationsAsync(opened.Page);
        Assert.Equal("ascending", await heading.GetAttributeAsync("aria-sort"));

        Assert.Equal(50, down.Length);
        Assert.Equal(down.OrderByDescending(v => v ?? double.NegativeInfinity), down);
        Assert.Equal(up.OrderBy(v => v ?? double.PositiveInfinity), up);
    }

    [Fact]
    public async Task Filter_WordsAndArm_ShowsWhatHasBoth()
    {
        await using OpenedPage opened = await browser.OpenAsync(SampleReports.Reviews(), 1280);
        IPage page = opened.Page;

        await page.Locator("[data-filter]").FillAsync("GOOD/bad examples");
        string words = await page.Locator("[data-count]").InnerTextAsync();
        await page.Locator("[data-arm]").SelectOptionAsync("yours");
        string arm = await page.Locator("[data-count]").InnerTextAsync();
        await page.Locator("[data-filter]").FillAsync("");

        Assert.Equal(("24 shown", "0 shown", "1 shown"), (words, arm, await page.Locator("[data-count]").InnerTextAsync()));
        Assert.Equal(1, await page.Locator("#trials-table tbody tr:visible").CountAsync());
    }

    [Fact]
    public async Task Copy_FoundPrompt_PutsItOnTheClipboardWhole()
    {
        await using OpenedPage opened = await browser.OpenAsync(SampleReports.Reviews(), 1280);
        await opened.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);

        await opened.Page.Locator("#found button").First.ClickAsync();
        await Assertions.Expect(opened.Page.Locator("#found button").First).ToHaveTextAsync("Copied");

        Assert.Equal(SampleReports.Reviews().Found, await opened.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task Open_WithoutScript_EverythingIsThereButTheTools()
    {
        await using OpenedPage opened = await browser.OpenAsync(SampleReports.Reviews(), 1280, script: false);
        IPage page = opened.Page;

        Assert.True(await page.Locator(".verdict .lead").IsVisibleAsync());
        Assert.Equal(50, await page.Locator("#trials-table tbody tr:visible").CountAsync());
        Assert.Equal(0, await page.Locator("button:visible, .tools:visible").CountAsync());
        await page.Locator("#trials-table summary").First.ClickAsync();
        Assert.True(await page.Locator("#trials-table pre").First.IsVisibleAsync());
    }

    [Fact]
    public async Task Print_ChartTables_AreOpenAndTheToolsAreGone()
    {
        await using OpenedPage opened = await browser.OpenAsync(SampleReports.Reviews(), 800);
        IPage page = opened.Page;
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await SaveAsync(page, "Reviews-print");

        Assert.False(await page.Locator("nav").IsVisibleAsync());
        Assert.True(await page.Locator("#progress details table").IsVisibleAsync());
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }

    private static async Task<double?[]> ValidationsAsync(IPage page) =>
        [.. (await page.EvaluateAsync<string[]>("[...document.querySelectorAll('#trials-table tbody tr')].map(r => r.cells[1].dataset.v)"))
            .Select(v => v.Length == 0 ? (double?)null : double.Parse(v, System.Globalization.CultureInfo.InvariantCulture))];

    // Pictures to look at, where somebody asks for them.
    private static async Task SaveAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("ANSATZ_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }

    private static Web.Report Report(Sample sample) => sample switch
    {
        Sample.Reviews => SampleReports.Reviews(),
        Sample.Function => SampleReports.Function(),
        _ => SampleReports.Hostile(),
    };
}
