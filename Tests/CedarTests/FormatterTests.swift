import Testing

@testable import Cedar

@Suite("Formatter")
struct FormatterTests {
    @Test("The usual layout")
    func layout() throws {
        let text = """
            @id("a")   @note permit(principal is A in B::"x",action,resource) when{1+2*3==7&&!true||{a:1,}=={}}unless{[1,2,].contains( 1 )};
            permit(principal,action,resource);
            forbid(principal, action in [Action::"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Action::"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"], resource)
            when { if context.aaaaaaaaaaaaaaaaaaaaaaaaaaaaa then principal.bbbbbbbbbbbbbbbbbbbbbbbbbbb == 1 else resource.c.isEmpty() };
            """
        #expect(
            try PolicyFormatter.format(text) == """
                @id("a")
                @note
                permit (
                  principal is A in B::"x",
                  action,
                  resource
                )
                when { 1 + 2 * 3 == 7 && !true || { a: 1 } == {} }
                unless { [1, 2].contains(1) };

                permit (principal, action, resource);

                forbid (
                  principal,
                  action in
                    [Action::"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                     Action::"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"],
                  resource
                )
                when
                {
                  if
                    context.aaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                  then
                    principal.bbbbbbbbbbbbbbbbbbbbbbbbbbb == 1
                  else
                    resource.c.isEmpty()
                };

                """)
    }

    @Test("Comments stay, and so do lines within strings")
    func comments() throws {
        let text = """
            // first

            // second
            permit(principal, // who
            action, resource) // head
            // before
            when { "a

            // no comment" == "b" && // both
            true } ; // end
            // last
            """
        #expect(
            try PolicyFormatter.format(text)
                == """
                // first
                // second
                permit (
                  principal, // who
                  action, resource) // head
                // before
                when
                {
                  "a

                // no comment" == "b" && // both
                  true
                }; // end
                // last

                """.replacing("permit (\n  principal", with: "permit (principal"))
    }

    @Test("What is laid out stays as it is", arguments: [20, 40, 80, 120], [0, 2, 4])
    func stability(_ width: Int, _ indent: Int) throws {
        let text = """
            permit(principal == User::"é", action, resource in (Folder::"f")) when { ip("1.1.1.1").isInRange(ip("10.0.0.0/8")) && principal has a.b.c };
            permit(principal == ?principal, action in [], resource) unless { -1 - -(2) < context["x y"].z && principal is A::B in C::"d" };
            """
        let style = PolicyFormatter.Style(lineWidth: width, indentWidth: indent)
        let once = try PolicyFormatter.format(text, style)
        #expect(try PolicyFormatter.format(once, style) == once)
    }

    @Test("Faults and nesting beyond the limit are refused")
    func refused() {
        #expect(throws: PolicySyntaxError.self) { try PolicyFormatter.format("permit(") }
        let deep = String(repeating: "(", count: 300) + "true" + String(repeating: ")", count: 300)
        let error = #expect(throws: PolicySyntaxError.self) { try PolicyFormatter.format("permit(principal, action, resource) when { \(deep) };") }
        #expect(error?.diagnostics.first?.message.contains("nested deeper than 250 levels") == true)
    }

    @Test(
        "Widths are those of what is seen",
        arguments: [
            ("abc", 3), ("é", 1), ("e\u{301}", 1), ("한글", 4), ("👩\u{200D}👩\u{200D}👧", 2), ("}\u{200D}👧", 3), ("", 0), ("*\u{200D}*Z", 3),
            ("1\u{200D}2", 2),
        ])
    func widths(_ text: String, _ columns: Int) { #expect(DisplayWidth.columns(text) == columns) }
}
