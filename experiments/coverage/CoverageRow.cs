namespace Ansatz.Experiments.Coverage;

/// <summary>How often an interval with a nominal 95 % holds the truth, in one case.</summary>
/// <param name="Method">The interval: "Wilson".</param>
/// <param name="Case">Where the samples come from, in words.</param>
/// <param name="N">Items or seeds in a sample.</param>
/// <param name="Truth">The true value.</param>
/// <param name="Coverage">Share of samples whose interval holds the truth.</param>
/// <param name="TooLow">Share whose interval ends below the truth.</param>
/// <param name="TooHigh">Share whose interval begins above the truth.</param>
/// <param name="Width">Mean width.</param>
/// <param name="Runs">Simulated samples; 0 where every possible sample was weighed with its probability.</param>
internal sealed record CoverageRow(
    string Method, string Case, int N, double Truth, double Coverage, double TooLow, double TooHigh, double Width, int Runs)
{
    public const string CsvHeader = "method,case,n,truth,coverage,too_low,too_high,mean_width,runs";

    public string ToCsv() => FormattableString.Invariant(
        $"{Method},\"{Case}\",{N},{Truth:0.######},{Coverage:0.#####},{TooLow:0.#####},{TooHigh:0.#####},{Width:0.#####},{Runs}");
}

/// <summary>Adds up what happens to one truth.</summary>
internal sealed class Tally(double truth)
{
    private const double Slack = 1e-12; // an end that meets the truth but for rounding holds it
    private double _weight, _low, _high, _width;

    public void Add(Interval interval, double weight = 1)
    {
        _weight += weight;
        _low += interval.High < truth - Slack ? weight : 0;
        _high += interval.Low > truth + Slack ? weight : 0;
        _width += weight * (interval.High - interval.Low);
    }

    public double Coverage => 1 - ((_low + _high) / _weight);

    public CoverageRow ToRow(string method, string @case, int n, int runs) =>
        new(method, @case, n, truth, Coverage, _low / _weight, _high / _weight, _width / _weight, runs);
}
