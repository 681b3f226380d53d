namespace Ansatz.Language.Tests;

public sealed class PriceTests
{
    private static readonly Price Price = new(1_000_000, 2_000_000); // 1 and 2 a token
    private static readonly Cost AtMost = Price.Of(100, 10);

    [Theory]
    [InlineData("reply", 12, 3, 12, 3, 0)]
    [InlineData("reply", 0, 0, 100, 5, 1)]
    [InlineData("reply", 12, 0, 12, 5, 1)]
    [InlineData("a longer reply", 12, 0, 12, 10, 1)]
    [InlineData("reply", 0, 3, 100, 3, 1)]
    [InlineData("", 12, 0, 12, 0, 0)]
    [InlineData("", 0, 0, 100, 0, 1)]
    public void Of_WhatTheServerDoesNotSay_IsCountedAtTheMostSideBySide(string reply, long said, long written, long input, long output, long estimated)
    {
        Cost cost = Price.Of(reply, said, written, AtMost);

        Assert.Equal(Price.Of(input, output) with { EstimatedCalls = estimated }, cost);
    }
}
